package match

import (
	"fmt"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
)

func TestHaveLoggedLooksAtTheWholeLog(t *testing.T) {
	b := &fake{lines: []string{"one", "two", "three", "four", "five"}}
	for pattern, want := range map[string]bool{"one": true, "^fi.e$": true, "six": false, "^hree": false, "": true} {
		if got := judged(t, HaveLogged(pattern), b); got != want {
			t.Errorf("%q: %v", pattern, got)
		}
	}
	if judged(t, HaveLogged("one").Since(1), b) || !judged(t, HaveLogged("two").Since(1), b) {
		t.Error("since the second line")
	}
}

func TestHaveLoggedReadsOnlyWhatIsNew(t *testing.T) {
	b := &fake{lines: []string{"one", "two", "three"}}
	m := HaveLogged("four")
	judged(t, m, b)
	if !m.MatchMayChangeInTheFuture(b) {
		t.Error("waiting is over while it runs")
	}
	judged(t, m, b)
	b.lines = append(b.lines, "four")
	for range 2 {
		if !judged(t, m, b) || b.reads != 4 {
			t.Errorf("%d lines read", b.reads)
		}
	}
	wants(t, m.NegatedFailureMessage(b), "not to have logged", "line 4: four")
	if judged(t, m, &fake{lines: []string{"x"}}) {
		t.Error("what one log held counts for another")
	}
}

func TestHaveLoggedOfAnEndedBlenderIsFinal(t *testing.T) {
	b := &fake{lines: []string{"one"}, exit: &harness.Exit{Code: 1}}
	m := HaveLogged("two")
	if judged(t, m, b) || m.MatchMayChangeInTheFuture(b) {
		t.Error("its log is whole")
	}
	wants(t, m.FailureMessage(b), `a line that matches "two"`, "1 lines", "exit code 1", "blender -b", "log: one")
}

func TestEventuallyWaitsForALine(t *testing.T) {
	b := &growing{}
	NewWithT(t).Eventually(b).WithTimeout(time.Hour).WithPolling(time.Millisecond).Should(HaveLogged("line 5"))
}

// growing logs a line each time it is read.
type growing struct{ fake }

func (g *growing) Since(from harness.Cursor) ([]string, harness.Cursor, error) {
	g.lines = append(g.lines, fmt.Sprintf("line %d", len(g.lines)))
	return []string{g.lines[len(g.lines)-1]}, from, nil // what is new, and no more for now
}

func TestHaveLoggedOfALogAlone(t *testing.T) {
	log := struct{ text }{&fake{lines: []string{"one"}}}
	m := HaveLogged("two")
	if judged(t, m, log) || !m.MatchMayChangeInTheFuture(log) {
		t.Error("a log may grow")
	}
	wants(t, m.FailureMessage(log), "log: one")
}

func TestHaveLoggedRefuses(t *testing.T) {
	refuses(t, "HaveLogged", HaveLogged("x"), &harness.Exit{})
	m := HaveLogged("(")
	if ok, err := m.Match(&fake{}); ok || err == nil || m.MatchMayChangeInTheFuture(nil) {
		t.Errorf("a bad pattern: %v, %v", ok, err)
	}
}
