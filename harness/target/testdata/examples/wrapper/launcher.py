import my_addon

my_addon.serve()
