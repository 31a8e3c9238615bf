package target

import (
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// scriptEnables says whether the launch script enables the add-on.
func (t *Target) scriptEnables() bool {
	return t.Launch.Script != "" && t.Module != "" && addonsrc.Enables(string(addonsrc.ReadFile(t.Resolve(t.Launch.Script))), t.Module)
}

// checkTwice looks for an add-on that is its own launch script.
func (t *Target) checkTwice(p *problems) {
	if t.Addon != "" && t.Launch.Script != "" && filepath.Clean(t.Resolve(t.Addon)) == filepath.Clean(t.Resolve(t.Launch.Script)) {
		p.addAt("launch.script", "launch.script and addon are the same file %q, which Blender would load twice; expected one: leave addon out if the script does all, or give start: function instead of script", t.Launch.Script)
	}
}
