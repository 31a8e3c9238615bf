package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctorSaysInOneLineEachWhatIsWrong(t *testing.T) {
	blank(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, errout := try(t, "doctor", "/nonexistent/bgcheck.yaml", "--blender=/nonexistent/blender", "--out", file)
	lines := strings.Split(strings.TrimSpace(errout), "\n")
	if code != int(Wrong) || out != "" || len(lines) != 3 {
		t.Fatalf("exit %d, %d lines\n%s%s", code, len(lines), out, errout)
	}
	for i, want := range []string{"/nonexistent/bgcheck.yaml", "--out", "/nonexistent/blender"} {
		if !strings.HasPrefix(lines[i], "bgcheck: ") || !strings.Contains(lines[i], want) {
			t.Errorf("line %d: %s", i, lines[i])
		}
	}
}

func TestDoctorLeavesNothingInTheOutFolder(t *testing.T) {
	blank(t)
	out := filepath.Join(t.TempDir(), "new")
	if err := writable(out); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out); !os.IsNotExist(err) {
		t.Errorf("%s is there: %v", out, err)
	}
}
