package explain

import (
	"strings"
	"testing"
)

// FuzzText: no crash file, log or source makes looking for a cause panic.
func FuzzText(f *testing.F) {
	f.Add("# Python backtrace\n  File \"x.py\", line 3 in f\n")
	f.Add("Traceback (most recent call last):\n  File \"x.py\", line 3\nValueError: x\n")
	f.Add("signal.signal(signal.SIGTERM, stop)\nwhile True:\n  time.sleep(1)\n")
	f.Fuzz(func(_ *testing.T, text string) {
		facts := Facts{Crash: ReadCrash(text), Log: strings.Split(text, "\n"), Source: ReadText("x.py", text)}
		_, _, _, _ = Raised(facts.Log), Fatal(facts.Log), Deaf(facts), Zombie(facts)
		_, _ = LastLine(text), Ignored(facts, "it ended")
	})
}
