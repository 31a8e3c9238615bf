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
	File     string `json:"file"` // as Blender sees it
	Line     int    `json:"line"`
	Function string `json:"function"`
}

// Place is "serve.py:40".
func (f Frame) place() string {
	return fmt.Sprintf("%s:%d", path.Base(strings.ReplaceAll(f.File, `\`, "/")), f.Line)
}

// sent says whether the frame is of code that came in a request.
func (f Frame) sent() bool {
	return strings.HasPrefix(f.File, "<") && !strings.HasPrefix(f.File, "<frozen")
}

// author says whether the frame is neither Blender's, nor Python's, nor ours.
func (f Frame) author() bool {
	slashed := strings.ReplaceAll(f.File, `\`, "/")
	for _, library := range []string{"/scripts/modules/", "/lib/python", "/run/witness.py", "/run/recorder.py", "/run/launch.py", "/run/keepalive.py"} {
		if strings.Contains(slashed, library) {
			return false
		}
	}
	return !strings.HasPrefix(slashed, "<frozen")
}

// authors keeps the frames that are the author's.
func authors(frames []Frame) []Frame {
	var kept []Frame
	for _, one := range frames {
		if one.author() {
			kept = append(kept, one)
		}
	}
	return kept
}

func (f Frame) String() string {
	if f.Function == "" || f.Function == "<module>" {
		return f.place()
	}
	return fmt.Sprintf("%s() at %s", f.Function, f.place())
}

// crashFrame is a line of Blender's crash file, and of Python's faulthandler.
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
		if at, ok := readFrame(line); ok {
			frames = append(frames, at)
		}
	}
	return frames
}

// readFrame reads one line.
func readFrame(line string) (at Frame, ok bool) {
	found := crashFrame.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	if found == nil {
		return Frame{}, false
	}
	number, _ := strconv.Atoi(found[2])
	return Frame{found[1], number, found[3]}, true
}

// crashedIn is the innermost frame that is neither Blender's own nor Python's; ok
// is false where there is none.
func (f Facts) crashedIn() (at Frame, ok bool) {
	for _, frame := range authors(f.Crash) {
		return frame, true
	}
	return Frame{}, false
}

// FixAtExit is the remedy for work that comes too late.
const FixAtExit = "Do it while Blender's data is there: behind the loop that keeps Blender alive, or in unregister().\n" +
	"atexit functions run when Blender has freed its data: bpy.data is empty there, and saving crashes.\n" +
	"    def unregister():\n" +
	"        remember()          # in place of atexit.register(remember)"
