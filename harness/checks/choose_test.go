package checks_test

import (
	"slices"
	"testing"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
)

func TestAWordMeansANameAnAreaOrAPattern(t *testing.T) {
	for _, test := range []struct {
		word, name string
		want       bool
	}{
		{"stop/sigterm", "stop/sigterm", true}, {"stop", "stop/sigterm", true}, {"stop/sig*", "stop/sigterm", true},
		{"sig*", "stop/sigterm", true}, {"s*", "stop/twice", true}, {"*", "stop/twice", true}, {"*/twice", "stop/twice", true},
		{"stop/*", "start/ready", false}, {"sto", "stop/twice", false}, {"[", "stop/twice", false},
	} {
		chosen, _ := checks.Choose(test.word)
		got := slices.ContainsFunc(chosen, func(check contract.Check) bool { return check.Name == test.name })
		if got != test.want {
			t.Errorf("%q means %s: %v", test.word, test.name, got)
		}
	}
}

func TestWhatTakesLongIsAskedOfWhoNamesIt(t *testing.T) {
	long := func(words ...string) bool {
		chosen, err := checks.Choose(words...)
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(chosen, func(check contract.Check) bool { return check.Thorough })
	}
	if !long() {
		t.Error("no check takes long: this test tests nothing")
	}
	if !long("*") || long("*", "faults") {
		t.Error(`"*" is every check, as without a word`)
	}
	for _, word := range []string{"faults", "faults/freeze", "faults/*"} {
		if long(word) {
			t.Errorf("%s: it would not be asked", word)
		}
	}
}
