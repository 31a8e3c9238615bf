package report

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

// four is a report of a real run with five failed checks of four causes.
func four(t *testing.T) *Report {
	t.Helper()
	data, err := os.ReadFile("testdata/four.json")
	try(t, err)
	var r Report
	try(t, json.Unmarshal(data, &r))
	return &r
}

func conclude(r *Report, v View) string {
	var b strings.Builder
	Conclusion(&b, r, v)
	return b.String()
}

func TestFourFailuresFitOnAPageOf60Lines(t *testing.T) {
	v := View{Width: 80, Folder: "out"}
	text := conclude(four(t), v)
	golden(t, "conclusion.txt", []byte(text))
	if n := v.rows(strings.Split(strings.TrimSuffix(text, "\n"), "\n")); n > 60 {
		t.Errorf("%d lines of a terminal", n)
	}
	for _, name := range []string{"exec/takes-effect", "source/timer-exec", "stop/sigterm", "start/loopback-only", "echo/round-trip"} {
		if n := strings.Count(text, "FAIL "+name) + strings.Count(text, ", "+name); n != 1 {
			t.Errorf("%s is told %d times", name, n)
		}
	}
	if strings.Contains(strings.ToUpper(text), "SUCCESS") || strings.ContainsRune(text, '\x1b') {
		t.Error("a word that is not true, or a colour")
	}
	golden(t, "conclusion-colour.txt", []byte(conclude(four(t), View{Colour: true, Folder: "out"})))
}

func TestWithOneFailureTheRemedyIsWhole(t *testing.T) {
	r := four(t)
	var checks []Result
	for _, check := range r.Checks {
		if check.Verdict != Fail || check.Name == "echo/round-trip" {
			checks = append(checks, check)
		}
	}
	r.Checks = checks
	text := conclude(r, View{Folder: "out"})
	if strings.Contains(text, "lines more") || !strings.Contains(text, "limit=LARGE") || strings.Contains(text, "1. FAIL") {
		t.Error(text)
	}
}

func TestLinesKeepToTheWidth(t *testing.T) {
	r := four(t)
	r.Checks = append(r.Checks, sample().Checks...)
	r.NotJudged = []string{"stop/a", "stop/b", "stop/c", "stop/d", "stop/e", "stop/f", "stop/g"}
	for _, width := range []int{0, 50, 80, 120, 200} {
		v := View{Width: width, Folder: "out"}
		for line := range strings.Lines(conclude(r, v)) {
			// Commands and lines of code are copied, so they stay whole.
			if strings.HasPrefix(line, "  $ ") || strings.HasPrefix(line, indent+blank+"    ") {
				continue
			}
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > v.width() {
				t.Errorf("%d columns of %d: %s", n, v.width(), line)
			}
		}
	}
}

func TestFailuresComeInTheOrderInWhichOneWouldRepair(t *testing.T) {
	r := &Report{Checks: []Result{
		{Name: "start/ready", Verdict: Fail, Diagnosis: "no"},
		{Name: "start/enabled", Verdict: Fail, Diagnosis: "it raises"},
		{Name: "source/context", Verdict: Fail, Diagnosis: "line 7"},
		{Name: "idle/cpu", Verdict: Fail, Diagnosis: "it spins"},
		{Name: "exec/takes-effect", Verdict: Fail, Diagnosis: "no effect"},
		{Name: "exec/slow", Verdict: Skip, Diagnosis: "exec has no effect: see exec/takes-effect"},
	}}
	var got []string
	for _, f := range r.findings() {
		got = append(got, f.lead.Name)
	}
	if want := "start/enabled start/ready exec/takes-effect idle/cpu source/context"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestFailuresOfOneCauseAreOneFinding(t *testing.T) {
	at := []Place{{File: "/a/b.py", Line: 3}}
	r := &Report{Checks: []Result{
		{Name: "stop/sigterm", Verdict: Fail, Diagnosis: "it took 2.1s to end"},
		{Name: "stop/sigint", Verdict: Fail, Diagnosis: "it took 2.3s to end"},
		{Name: "exec/slow", Verdict: Fail, Diagnosis: "it sleeps", Places: at},
		{Name: "source/long-sleep", Verdict: Fail, Diagnosis: "a long sleep", Places: []Place{{File: "/a/a.py", Line: 1}, at[0]}},
		{Name: "exec/serial", Verdict: Fail, Diagnosis: "it sleeps, which is another fault", Places: at},
		{Name: "exec/serial", Verdict: Fail, Diagnosis: "it sleeps", Places: at, Target: "another"},
	}}
	var got []string
	for _, f := range r.findings() {
		line := f.lead.title()
		for _, other := range f.others {
			line += "+" + other.title()
		}
		got = append(got, line)
	}
	if want := "stop/sigterm+stop/sigint exec/slow+source/long-sleep exec/serial exec/serial another"; strings.Join(got, " ") != want {
		t.Errorf("%v, want %s", got, want)
	}
}

func TestTheEndOfARunNamesAllThatDidNotPass(t *testing.T) {
	r := sample()
	r.NotJudged, r.Interrupted = []string{"idle/cpu", "idle/memory"}, true
	text := conclude(r, View{Folder: "out"})
	for _, want := range []string{
		"inconclusive: stop/sigint: the disk is full", "skipped: stop/as-pid-1: needs a container", "note: echo/round-trip: only while",
		"could not run: no <Docker> here", "not finished: suites/idle", "not judged: idle/cpu, idle/memory", "interrupted: ",
		"2 passed, 1 failed, 1 skipped, 1 inconclusive, 2 not judged in 41.2 s", "report: out/report.html",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(conclude(r, View{}), "report:") {
		t.Error("without a folder it says where the report is")
	}
}

func TestTheReasonOfManySkipsIsOneLine(t *testing.T) {
	r := &Report{}
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		r.Checks = append(r.Checks, Result{Name: "exec/" + name, Verdict: Skip, Diagnosis: "exec has no effect: see exec/takes-effect (" + name + ")"})
	}
	if text := conclude(r, View{}); !strings.HasPrefix(text, "skipped: exec/a, exec/b, exec/c and 2 more: exec has no effect: see exec/takes-e...\n\n") &&
		!strings.HasPrefix(text, "skipped: exec/a, exec/b and 3 more: exec has no effect: see exec/takes-effect\n\n") {
		t.Error(text)
	}
}

func TestOnlyTheLinesThatTellAreShown(t *testing.T) {
	for _, test := range []struct {
		name     string
		evidence []string
		want     string
	}{
		{"what was raised, and where", []string{"Traceback (most recent call last):", `  File "/usr/share/blender/addon_utils.py", line 369, in enable`, "    mod.register()",
			`  File "/home/me/x/y/z/my_addon/__init__.py", line 16, in register`, "    import q", "ModuleNotFoundError: No module named 'q'", "exit: none, it runs", "log: listening"},
			`File ".../my_addon/__init__.py", line 16, in register|ModuleNotFoundError: No module named 'q'`},
		{"the reply, and not how quick the good ones were", []string{"plain: 2ms", `reply: {"ok": false, "error": "no"}`, "whole log: /x/log.txt"}, `reply: {"ok": false, "error": "no"}`},
		{"how it ended", []string{"exit: ended by signal SIGSEGV (11)", "crash file: /tmp/x.crash.txt", "log: hello", "log:"}, "exit: ended by signal SIGSEGV (11)|crash file: /tmp/x.crash.txt"},
		{"of two tries the first", []string{"exit: ended by signal SIGTERM (15), 340ms after it was asked to end", "exit: ended by signal SIGTERM (15), 1.2s after it was asked to end"},
			"exit: ended by signal SIGTERM (15), 340ms after it was asked to end"},
		{"nothing that was seen is said again", []string{"exit: exit code 0, 2s after its launch", "log: bye"}, ""},
		{"the last, where nothing tells more", []string{"sent 1", "sent 2", "log: hello"}, "sent 2"},
	} {
		r := Result{Name: "a/b", Verdict: Fail, Seen: "it ended: exit code 0, 2s after its launch", Evidence: test.evidence}
		if got := strings.Join(r.telling(3), "|"); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestNothingThatATerminalWouldObeyIsPrinted(t *testing.T) {
	junk := "\x1b[31m\x07\u202e \x00 see a/b\r"
	r := &Report{Problems: []string{junk}, NotJudged: []string{junk}, Unfinished: []string{junk}}
	for _, v := range Verdicts() {
		r.Checks = append(r.Checks, Result{Name: "a/" + junk, Verdict: v, Seen: junk, Diagnosis: junk, Fix: junk, Remark: junk, Command: junk,
			Evidence: []string{"exit: " + junk}, Places: []Place{{File: junk, Line: 1, Message: junk}}})
	}
	text := conclude(r, View{Folder: "out"})
	if i := strings.IndexFunc(text, plain.Unfit); i >= 0 {
		t.Errorf("%q", text)
	}
}

func TestWhatSeveralChecksFailForIsOneFindingAndStandsFirst(t *testing.T) {
	const cause = "the main thread waits for a lock in note() at serve.py:7, which it holds itself since serve.py:12"
	r := Report{Checks: []Result{
		{Name: "idle/cpu", Verdict: Fail, Diagnosis: "it turns"},
		{Name: "echo/round-trip", Verdict: Fail, Diagnosis: cause},
		{Name: "alive/bad-input", Verdict: Fail, Diagnosis: "an error in one request ends the service for everyone: " + cause},
		{Name: "stop/twice", Verdict: Fail, Diagnosis: "short"},
		{Name: "stop/sigint", Verdict: Fail, Diagnosis: "another: short"},
	}}
	list := r.findings()
	if len(list) != 4 || list[0].lead.Name != "echo/round-trip" || len(list[0].others) != 1 {
		t.Errorf("%d findings, the first %s with %d more", len(list), list[0].lead.Name, len(list[0].others))
	}
}

func TestARemarkBehindCodeThatIsTooLongGetsItsOwnLines(t *testing.T) {
	for text, want := range map[string]string{
		"    short()            # a word":                                              "    short()            # a word",
		"    signal.signal(signal.SIGTERM, end)                # or: SIGINT":           "    signal.signal(signal.SIGTERM, end)  # or: SIGINT",
		"    signal.signal(signal.SIGTERM, end)  # or: def end(number, frame): stop()": "    signal.signal(signal.SIGTERM, end)\n    # or: def end(number, frame): stop()",
		"    requires: [mathutils_extra]      # must be in this Blender before it":     "    # must be in this Blender before it\n    requires: [mathutils_extra]",
		"    raise SomethingWithAVeryLongName(\"and a text  #that is no remark\")":     "    raise SomethingWithAVeryLongName(\"and a text  #that is no remark\")",
	} {
		if got := strings.Join(Fold(text, 60), "\n"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
