package explain

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
)

// HowEnded says in words how a process ended.
func HowEnded(exit *harness.Exit) string {
	var how string
	switch {
	case exit.OOM:
		how = "ended by the kernel for want of memory"
	case exit.Signal != nil:
		how = fmt.Sprintf("ended by signal %s", SignalName(exit.Signal))
	default:
		how = fmt.Sprintf("exit code %d", exit.Code)
	}
	since := "after its launch"
	if exit.Asked {
		since = "after it was asked to end"
	}
	how += fmt.Sprintf(", %s %s", Short(exit.Took), since)
	if exit.Escalated {
		how += " (killed by the harness: it did not heed the request)"
	}
	return how
}

// Short writes a duration with three figures at most.
func Short(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return d.Round(100 * time.Millisecond).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	case d >= 10*time.Millisecond:
		return d.Round(time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}

// FirstLine is an error's text to the end of its first line.
func FirstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}

// LastLine is the last line of a text, without the blanks around it.
func LastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// Addresses lists addresses in a sentence.
func Addresses(addresses []netip.AddrPort) string {
	texts := make([]string, len(addresses))
	for i, address := range addresses {
		texts[i] = address.String()
	}
	return strings.Join(texts, ", ")
}

var exceptionLine = regexp.MustCompile(`^[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt|Warning|[A-Z]\w*)?(: .*)?$`)

// Raised is the last line of the last traceback in a log: what was raised; ""
// when there is none.
func Raised(lines []string) string {
	raised := ""
	for i := range lines {
		if !strings.HasSuffix(strings.TrimSpace(lines[i]), "Traceback (most recent call last):") {
			continue
		}
		for _, line := range lines[i+1:] {
			if line == "" || strings.HasPrefix(line, " ") {
				continue
			}
			if exceptionLine.MatchString(line) {
				raised = line
			}
			break
		}
	}
	return raised
}

// Fatal is what Python said when it aborted, for the end of a diagnosis; "" when
// it did not.
func Fatal(lines []string) string {
	for _, line := range lines {
		if strings.HasPrefix(line, "Fatal Python error: ") {
			return ": " + line
		}
	}
	return ""
}

// banner is what Blender prints of itself; its buffer comes out at the end.
var banner = regexp.MustCompile(`^Blender \d+\.\d+`)

// lastOf is the last line that says something.
func lastOf(lines []string) string {
	for i := len(lines) - 1; i >= 0; i-- {
		line := strings.TrimSpace(lines[i])
		if line != "" && line != "Blender quit" && !banner.MatchString(line) {
			return line
		}
	}
	return "(none)"
}
