package addonsrc

import "testing"

func TestAScriptThatEnablesTheAddonIsSeen(t *testing.T) {
	for script, want := range map[string]bool{
		"import my_addon\nmy_addon.register()\n":                                 true,
		"import my_addon as a\na.register()\n":                                   true,
		"from my_addon import start, register\nregister()\n":                     true,
		"bpy.ops.preferences.addon_enable(module='my_addon')\n":                  true,
		"import addon_utils\naddon_utils.enable(\"my_addon\")\n":                 true,
		"import my_addon\nmy_addon.start()\n":                                    false,
		"import my_addon\n# my_addon.register()\n":                               false,
		"import my_addon\nmy_addon.server.register()\n":                          false,
		"from my_addon import start\nimport other\nother.register()\n":           false,
		"from my_addon import start\nfrom other import register\nregister()\n":   false,
		"import my_addon\nbpy.app.timers.register(my_addon.step)\n":              false,
		"import addon_utils\naddon_utils.enable('other')\nimport my_addon\n":     false,
		"from my_addon import register\n\n\ndef f():\n    other.register()\n":    false,
		"from my_addon import (start,\n    register)\nstart()\nregister()\n":     true,
		"import my_addon\nregister = my_addon.unregister\nmy_addon.unregister()": false,
	} {
		if Enables(script, "my_addon") != want {
			t.Errorf("not %v:\n%s", want, script)
		}
	}
}
