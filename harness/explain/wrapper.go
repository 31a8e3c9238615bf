package explain

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// FixWrapper is the remedy for a wrapper that leaves Blender behind.
const FixWrapper = "Let the wrapper become Blender, so that signals and the exit code are Blender's own:\n" +
	"    exec blender \"$@\""

// startsBlender is a line of a shell script that starts Blender as a child.
var startsBlender = regexp.MustCompile(`(^|[\s;&|/"'])blender\b.*\$(@|\*|\{@)`)

// LeftBehind tells that what was asked to end is not Blender but what has started it,
// which ended and left Blender running.
func LeftBehind(f Facts) (text string, ok bool) {
	if f.Exit == nil {
		return "", false
	}
	for _, began := range f.Saw("begin") {
		for _, left := range f.Exit.Left {
			if left.PID == began.PID {
				return fmt.Sprintf("%s was started, and started Blender as its child%s: a signal, from systemd, Docker or CI, ends it and leaves Blender behind, with its port",
					f.starter(), f.startsAt()), true
			}
		}
	}
	return "", false
}

// starter names what stands between Blender and who started it.
func (f Facts) starter() string {
	if f.Target != nil && f.Target.Launch.Wrapper != "" {
		return "the wrapper " + filepath.Base(f.Target.Launch.Wrapper)
	}
	return "a program that starts Blender, and is not it,"
}

// startsAt is the line of the wrapper that starts Blender without exec; "" where it
// is not found.
func (f Facts) startsAt() string {
	if f.Target == nil || f.Target.Launch.Wrapper == "" {
		return ""
	}
	name := f.Target.Resolve(f.Target.Launch.Wrapper)
	text, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if startsBlender.MatchString(line) && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "exec ") {
			return fmt.Sprintf(" (%s:%d `%s`, without exec)", filepath.Base(name), i+1, line)
		}
	}
	return ""
}
