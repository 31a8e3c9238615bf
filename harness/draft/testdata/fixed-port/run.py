import fixed

fixed.serve(5151).serve_forever()
