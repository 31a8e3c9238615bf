package addonsrc

import (
	"regexp"
	"strings"
)

// enableCall is how a script enables an add-on. One that is enabled already is
// unregistered and registered again by it.
var enableCall = regexp.MustCompile(`\b(addon_enable|addon_utils\.enable)\s*\(`)

// Enables says whether a script enables the add-on: it calls Blender's function
// for that, and names the add-on somewhere; or it calls its register().
func Enables(script, module string) bool {
	return enableCall.MatchString(script) &&
		(strings.Contains(script, `"`+module+`"`) || strings.Contains(script, `'`+module+`'`)) ||
		registers(script, module)
}

// registers says whether a script imports the add-on and calls its register().
func registers(script, module string) bool {
	t := Tokens(script)
	name, bare := module, false
	for i := range t {
		switch {
		case t.Is(i, "import", module, "as"):
			name = t.Text(i + 3)
		case t.Is(i, "from", module, "import"):
			for n := i + 3; n < len(t) && !t.At(n).First; n++ {
				bare = bare || t.Is(n, "register")
			}
		case t.Is(i, name, ".", "register", "("),
			bare && t.Is(i, "register", "(") && !t.Is(i-1, ".") && !t.Is(i-1, "def"):
			return true
		}
	}
	return false
}
