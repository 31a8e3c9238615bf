package command

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestFuzzFindsWhatBreaksAServiceMakesItSmallAndRepeatsIt(t *testing.T) {
	file, out := fakeTarget(t, serving+", FAKE_SERVICE: fragile")
	code, text, errout := try(t, "fuzz", file, "--seed", "1", "--requests", "2000", "--for", "2m")
	if code != int(NotGood) || !strings.Contains(text, "FAIL: the process ended: exit code 3") || !strings.Contains(text, "it takes 1 of these requests") {
		t.Fatalf("exit %d:\n%s%s", code, text, errout)
	}
	found, err := filepath.Glob(filepath.Join(out, "fuzz", "finding-*.json"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	kept, err := readFinding(found[0])
	if err != nil || !kept.Repeats || len(kept.Inputs) != 1 || len(kept.Inputs[0].Wire) > 3 {
		t.Errorf("%+v, %v", kept, err)
	}
	if !regexp.MustCompile(`\$ bgcheck fuzz \S+ --replay \S+finding-`).MatchString(text) {
		t.Errorf("no command repeats it:\n%s", text)
	}
	code, text, errout = try(t, "fuzz", file, "--replay", found[0])
	if code != int(NotGood) || !strings.Contains(text, "exit code 3") {
		t.Errorf("exit %d:\n%s%s", code, text, errout)
	}
}

func TestFuzzOfASoundServiceFindsNothing(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	code, text, errout := try(t, "fuzz", file, "--seed", "1", "--requests", "1000", "--for", "2m")
	if code != int(Good) || !strings.Contains(text, "1000 requests in") || !strings.Contains(text, "nothing broke it") {
		t.Errorf("exit %d:\n%s%s", code, text, errout)
	}
}

func TestFuzzSaysWhatCannotBe(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	other := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(other, []byte(`{"schema": "another"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"take a number above 0":            {"fuzz", file, "--requests", "0"},
		`expected schema "bgcheck-fuzz/1"`: {"fuzz", file, "--replay", other},
	} {
		if code, _, errout := try(t, args...); code != int(Wrong) || !strings.Contains(errout, want) {
			t.Errorf("%v: exit %d: %s", args, code, errout)
		}
	}
}
