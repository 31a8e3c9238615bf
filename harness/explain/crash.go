package explain

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Frame is one line of a Python backtrace.
type Frame struct {
	File     string // as Blender sees it
	Line     int
	Function string
}

func (f Frame) String() string {
	return fmt.Sprintf("%s() at %s:%d", f.Function, path.Base(strings.ReplaceAll(f.File, `\`, "/")), f.Line)
}

var crashFrame = regexp.MustCompile(`^\s*File "([^"]+)", line (\d+) in (.+)$`)

// ReadCrash reads the Python backtrace of one of Blender's crash files, the
// innermost frame first; nil where Python did not run.
func ReadCrash(text string) []Frame {
	_, trace, found := strings.Cut(text, "# Python backtrace")
	if !found {
		return nil
	}
	var frames []Frame
	for line := range strings.Lines(trace) {
		if at := crashFrame.FindStringSubmatch(strings.TrimRight(line, "\r\n")); at != nil {
			number, _ := strconv.Atoi(at[2])
			frames = append(frames, Frame{at[1], number, at[3]})
		}
	}
	return frames
}

// crashedIn is the innermost frame that is neither Blender's own nor Python's; ok
// is false where there is none.
func (f Facts) crashedIn() (at Frame, ok bool) {
	for _, frame := range f.Crash {
		slashed := strings.ReplaceAll(frame.File, `\`, "/")
		if !strings.Contains(slashed, "/scripts/modules/") && !strings.Contains(slashed, "/lib/python") && !strings.HasPrefix(slashed, "<frozen") {
			return frame, true
		}
	}
	return Frame{}, false
}

// FixAtExit is the remedy for work that comes too late.
const FixAtExit = "Do it while Blender's data is there: behind the loop that keeps Blender alive, or in unregister().\n" +
	"atexit functions run when Blender has freed its data: bpy.data is empty there, and saving crashes.\n" +
	"    def unregister():\n" +
	"        remember()          # in place of atexit.register(remember)"
