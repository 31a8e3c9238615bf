package explain

import (
	"fmt"
	"slices"
	"strings"
)

// silently is what Blender does with an exception of a script, for the end of a
// sentence.
func (f Facts) silently() string {
	if f.Exit.Code == 0 {
		return ", and Blender exits 0 on that"
	}
	return fmt.Sprintf(", and Blender ends with code %d", f.Exit.Code)
}

// fixCode lets the world see that a script has failed.
const fixCode = "Blender ends with 0 when a script raises, unless it is told otherwise before the script:\n" +
	"    blender --background --python-exit-code 1 --python SCRIPT"

// raisedIn is what ended the launch script and where in the author's code; ok is
// false when nothing did.
func (f Facts) raisedIn() (u Uncaught, at string, ok bool) {
	seen := f.uncaught()
	if seen == nil || f.Exit.Signal != nil || f.Exit.Code != 0 && f.Exit.Code != f.exitCode() {
		return Uncaught{}, "", false
	}
	if own := authors(seen.Frames); len(own) > 0 {
		at = " at " + strings.TrimPrefix(own[0].String(), "at ")
		if own[0].Function != "" && own[0].Function != "<module>" {
			at = " in " + own[0].String()
		}
	}
	return *seen, at, true
}

// exitCode is what the target file has Blender end with when a script raises.
func (f Facts) exitCode() int {
	flags := f.Target.Launch.Flags
	code := 0
	if i := slices.Index(flags, "--python-exit-code"); i >= 0 && i+1 < len(flags) {
		_, _ = fmt.Sscan(flags[i+1], &code)
	}
	return code
}

// diedUncompiled: a file that is no Python, for this version at least.
var diedUncompiled = rule{"syntax", func(f Facts) (text, fix string, ok bool) {
	u, at, ok := f.raisedIn()
	if !ok || !slices.Contains([]string{"SyntaxError", "IndentationError", "TabError"}, u.Type) {
		return "", "", false
	}
	return fmt.Sprintf("it does not compile: %s%s%s", u, at, f.silently()),
		"Correct that line. Blender brings a Python of its own, often another version than the system's: what it does not know is a syntax error there.\n" + fixCode, true
}}

// diedWithoutModule: a module that Blender's Python does not find.
var diedWithoutModule = rule{"module", func(f Facts) (text, fix string, ok bool) {
	u, at, ok := f.raisedIn()
	if !ok || u.Type != "ModuleNotFoundError" {
		return "", "", false
	}
	return fmt.Sprintf("a module is missing: %s%s%s", u, at, f.silently()),
		"Blender's Python looks in its own folders, not in those of the Python in PATH. Bring the module along: in the add-on's folder, as a wheel of an " +
			"extension, or installed for Blender's Python (sys.executable -m pip). If it lies beside the script:\n" +
			"    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))", true
}}

// diedUncaught: any other exception of the launch script.
var diedUncaught = rule{"uncaught", func(f Facts) (text, fix string, ok bool) {
	if u, at, ok := f.raisedIn(); ok {
		return fmt.Sprintf("an uncaught exception ended the launch script%s: %s%s", f.silently(), u, at), fixCode, true
	}
	// Without a witness, or where it came to no end, the output is what there is.
	if f.Exit.Signal != nil || f.Ending() || f.left() != nil {
		return "", "", false
	}
	trace := Raised(f.Log)
	if trace == "" {
		return "", "", false
	}
	return fmt.Sprintf("an uncaught exception ended the launch script%s: %s", f.silently(), trace), fixCode, true
}}
