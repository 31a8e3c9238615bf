package command

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/report"
)

// try runs one command line.
func try(t *testing.T, args ...string) (code int, out, errout string) {
	t.Helper()
	var o, e strings.Builder
	code = Main(args, &o, &e)
	return code, o.String(), e.String()
}

func blank(t *testing.T) {
	t.Helper()
	for _, name := range []string{"BGCHECK_TARGET", "BGCHECK_OUT", "BGCHECK_BACKEND", "BGCHECK_BLENDER", "BGCHECK_RUN", "BGCHECK_OWNER",
		"GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"} {
		t.Setenv(name, "")
	}
}

// write leaves a report with these verdicts.
func write(t *testing.T, out, id string, finish bool, verdicts ...report.Verdict) {
	t.Helper()
	r, err := report.Begin(out, id)
	if err != nil {
		t.Fatal(err)
	}
	part, err := r.Part("suites/x", 1, report.Head{Target: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range verdicts {
		if err := part.Add(i, report.Result{Name: "x/" + string(v), Verdict: v, Diagnosis: "why"}); err != nil {
			t.Fatal(err)
		}
	}
	if finish {
		if err := part.Finish(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEveryCheckIsListedAndExplainedIn80Columns(t *testing.T) {
	code, listed, _ := try(t, "list")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	for _, check := range checks.All() {
		if !strings.Contains(listed, check.Name+" ") {
			t.Errorf("%s is not listed", check.Name)
		}
		code, text, errout := try(t, "explain", check.Name)
		if code != 0 || !strings.HasPrefix(text, check.Name+"\n") || errout != "" {
			t.Errorf("exit %d: %s%s", code, text, errout)
		}
		for _, want := range []string{"\nPasses when\n", "\nWhy\n", "\nHow\n", "\nFix\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", check.Name, want)
			}
		}
		listed += text
	}
	for line := range strings.Lines(listed) {
		if strings.HasPrefix(line, "    ") && !strings.HasPrefix(line, strings.Repeat(" ", 24)) {
			continue // code stays whole
		}
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > report.Columns {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestExplainTakesAnAreaAndHelpsAfterAWrongWord(t *testing.T) {
	if code, out, _ := try(t, "explain", "stop"); code != 0 || !strings.Contains(out, "stop/sigint\n") || !strings.Contains(out, "stop/sigterm\n") {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, _, errout := try(t, "explain", "stop/sigtrem"); code != int(Wrong) || !strings.Contains(errout, "did you mean stop/sigterm") {
		t.Errorf("exit %d: %s", code, errout)
	}
	if code, _, errout := try(t, "explain"); code != int(Wrong) || !strings.Contains(errout, "<check>") {
		t.Errorf("exit %d: %s", code, errout)
	}
}

func TestTheCommandLineIsUnderstoodOrExplained(t *testing.T) {
	blank(t)
	for _, test := range []struct {
		args string
		code Status
		want string
	}{
		{"", Good, "Judge an add-on"}, {"help", Good, "Judge an add-on"}, {"--help", Good, "Judge an add-on"},
		{"chek", Wrong, "did you mean \"check\"?"}, {"check --ot=x", Wrong, "did you mean \"--out\"?"},
		{"help check", Good, "--last-failed"}, {"check --help", Good, "--last-failed"}, {"report x", Wrong, "there is no record x"},
		{"check --check stop/sigtrem", Wrong, "did you mean stop/sigterm"}, {"check --skip xyzzy=why", Wrong, `no check "xyzzy"`},
		{"check --repeat 0", Wrong, "--repeat"}, {"check /nonexistent", Wrong, "/nonexistent: no such file"},
		{"check --backend=cloud", Wrong, `unknown backend "cloud"`}, {"check --backend=attach --address=x", Wrong, "--address=host:port"},
		{"version", Good, "report " + report.Schema}, {"completion bash --code", Good, "complete -o default"},
	} {
		code, out, errout := try(t, strings.Fields(test.args)...)
		if code != int(test.code) || !strings.Contains(out+errout, test.want) {
			t.Errorf("%q: exit %d: %s%s", test.args, code, out, errout)
		}
	}
}

func TestHelpFitsATerminalOf80Columns(t *testing.T) {
	for _, word := range append([]string{""}, wordNames...) {
		code, text, errout := try(t, append(strings.Fields(word), "--help")...)
		if code != 0 || errout != "" {
			t.Errorf("%q: exit %d: %s", word, code, errout)
		}
		for line := range strings.Lines(text) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > report.Columns {
				t.Errorf("%q: %d columns: %s", word, n, line)
			}
		}
	}
}
