package command

import (
	"regexp"
	"strings"
	"testing"
)

func TestASoakSaysEachSecondAndProvesThatNothingGrows(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	code, text, errout := try(t, "soak", file, "--for", "10s", "--seed", "1")
	if code != int(Good) || !regexp.MustCompile(`memory +[+-]\d+\.\d ± \d+\.\d MiB: flat`).MatchString(text) || !strings.Contains(text, "; 0 good ones got no reply") {
		t.Errorf("exit %d:\n%s%s", code, text, errout)
	}
	if n := len(regexp.MustCompile(`(?m)^ +\d+ s +\d+ requests`).FindAllString(text, -1)); n < 5 {
		t.Errorf("%d lines of seconds:\n%s", n, text)
	}
}

func TestASoakOfAServiceThatEndsSaysSo(t *testing.T) {
	file, _ := fakeTarget(t, serving+", FAKE_SERVICE: fragile")
	code, text, errout := try(t, "soak", file, "--for", "10s", "--seed", "1")
	if code != int(NotGood) || !strings.Contains(text, "FAIL: the process ended: exit code 3") {
		t.Errorf("exit %d:\n%s%s", code, text, errout)
	}
	if code, _, errout = try(t, "soak", file, "--for", "1s"); code != int(Wrong) || !strings.Contains(errout, "10s at least") {
		t.Errorf("exit %d: %s", code, errout)
	}
}
