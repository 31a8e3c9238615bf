package explain

import (
	"fmt"
	"slices"
	"strings"
)

// diedOfSystemExit: Python has ended in order and told a code. SystemExit prints no
// traceback: what stands in the log was survived, unless it is the last word.
var diedOfSystemExit = rule{"system-exit", func(f Facts) (text, fix string, ok bool) {
	if f.Exit.Signal != nil || !f.Ending() || f.Exit.Code == 0 && f.quit() {
		return "", "", false
	}
	text = fmt.Sprintf("SystemExit with code %d ended it (sys.exit, exit() or raise SystemExit), and nothing caught that", f.Exit.Code)
	if exits := f.recorded("exit"); len(exits) > 0 {
		last := exits[len(exits)-1]
		by, from := whose(last.Frames)
		if by.sent() {
			return fmt.Sprintf("code that a client sent calls sys.exit(%s) (line %d of it%s), and nothing caught the SystemExit", last.Status, by.Line, ranAt(from)), "", true
		}
		return fmt.Sprintf("%s calls sys.exit(%s), and nothing caught the SystemExit", by, last.Status), "", true
	}
	if at := f.Source.with("exit", fmt.Sprintf("(%d)", f.Exit.Code)).Cite("exit"); at != "" {
		text += fmt.Sprintf("; perhaps at %s", at)
	}
	// sys.exit("a text") prints it and means 1. The end of a traceback is of another error.
	if last := lastOf(f.Log); last != "(none)" && f.Exit.Code == 1 && !exceptionLine.MatchString(last) {
		text += "; the last line of its output: " + last
	}
	return text, "", true
}}

// quit says whether Blender has come to its own end, which it prints.
func (f Facts) quit() bool {
	return slices.ContainsFunc(f.Log, func(line string) bool { return strings.TrimSpace(line) == "Blender quit" }) ||
		slices.Contains(f.Target.Launch.Flags, "--quiet")
}

// diedBeforePython: Blender's own complaint.
var diedBeforePython = rule{"blender", func(f Facts) (text, fix string, ok bool) {
	if f.Exit.Code == 0 || len(f.Events) == 0 || f.began() {
		return "", "", false
	}
	return fmt.Sprintf("Blender ended with code %d before it ran a script; it says: %s", f.Exit.Code, lastOf(f.Exit.Tail)), "", true
}}

// diedWithCode: something told a code without Python's end: C's exit(), or os._exit
// in a way that was not seen.
var diedWithCode = rule{"code", func(f Facts) (text, fix string, ok bool) {
	if f.Exit.Code == 0 {
		return "", "", false
	}
	return fmt.Sprintf("it ended itself with code %d; the last line of its output: %s", f.Exit.Code, lastOf(f.Exit.Tail)), "", true
}}
