package target

import (
	"path/filepath"
	"regexp"
	"strings"
)

// enableCall is how a script enables an add-on. One that is enabled already is
// unregistered and registered again by it.
var enableCall = regexp.MustCompile(`\b(addon_enable|addon_utils\.enable)\s*\(`)

// enables says whether a script enables the add-on: it calls Blender's function
// for that, and names the add-on somewhere; or it calls its register().
func enables(script, module string) bool {
	return enableCall.MatchString(script) &&
		(strings.Contains(script, `"`+module+`"`) || strings.Contains(script, `'`+module+`'`)) ||
		registers(script, module)
}

// registers says whether a script imports the add-on and calls its register().
func registers(script, module string) bool {
	t := pyStream(pyTokens(script))
	name, bare := module, false
	for i := range t {
		switch {
		case t.is(i, "import", module, "as"):
			name = t.text(i + 3)
		case t.is(i, "from", module, "import"):
			for n := i + 3; n < len(t) && !t.at(n).first; n++ {
				bare = bare || t.is(n, "register")
			}
		case t.is(i, name, ".", "register", "("),
			bare && t.is(i, "register", "(") && !t.is(i-1, ".") && !t.is(i-1, "def"):
			return true
		}
	}
	return false
}

// scriptEnables says whether the launch script enables the add-on.
func (t *Target) scriptEnables() bool {
	return t.Launch.Script != "" && t.Module != "" && enables(string(readSome(t.Resolve(t.Launch.Script))), t.Module)
}

// checkTwice looks for an add-on that is its own launch script.
func (t *Target) checkTwice(p *problems) {
	if t.Addon != "" && t.Launch.Script != "" && filepath.Clean(t.Resolve(t.Addon)) == filepath.Clean(t.Resolve(t.Launch.Script)) {
		p.addAt("launch.script", "launch.script and addon are the same file %q, which Blender would load twice; expected one: leave addon out if the script does all, or give start: function instead of script", t.Launch.Script)
	}
}
