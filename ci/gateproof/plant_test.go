package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestEveryPlantChangesTheBase: each edit still fits the fixture, and leaves Python that
// compiles.
func TestEveryPlantChangesTheBase(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "service")
	if err := makeBase(folder); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, source)
	base, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(plants, plant{}) {
		if err := p.in(folder); err != nil {
			t.Error(err)
		}
		now, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if changed := string(now) != string(base); changed != (p.what != "") {
			t.Errorf("%s: changed: %v", p.what, changed)
		}
		if said, err := exec.Command("python3", "-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", p.what, err, said)
		}
		if err := git(folder, "checkout", "--quiet", "."); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAPlantIsFoundByItsOwnMetricAlone(t *testing.T) {
	p := plant{want: "stop"}
	for text, want := range map[string]bool{"stop is worse: 250 instead of 200 ms": true, "stop/sigterm fails": false, "echo is worse: 5 instead of 4 ms": false} {
		if got := p.found([]string{text}); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
