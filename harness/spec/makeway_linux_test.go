package spec

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// anotherGinkgo starts a process that looks like ginkgo run on the suites below base.
// It runs a child of that name, if any, and ends with the test.
func anotherGinkgo(t *testing.T, base, child string) int {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	script := "echo begun; read x"
	if child != "" {
		cat, err := exec.LookPath("cat")
		if err != nil {
			t.Fatal(err)
		}
		program, err := os.ReadFile(cat)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(child), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(child, program, 0o755); err != nil {
			t.Fatal(err)
		}
		script = "{ echo begun; cat; } | '" + child + "'; :"
	}
	cmd := exec.CommandContext(t.Context(), sh)
	cmd.Args = []string{"ginkgo", "-c", script, "./suites/..."}
	cmd.Dir = base
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); _ = cmd.Wait() })
	said := make([]byte, len("begun"))
	if _, err := out.Read(said); err != nil || !strings.HasPrefix(string(said), "begun") {
		t.Fatalf("%v %q", err, said)
	}
	return cmd.Process.Pid
}

func TestASuiteEndsWhenNoOtherGinkgoNeedsTheCompiledFiles(t *testing.T) {
	for _, test := range []struct {
		name, child  string // what the other one runs
		over, inTurn bool   // whether it is in the way of one that is over, and of one that goes on
	}{
		{"it has just begun", "", true, true},
		{"it compiles", "go", true, true},
		{"it runs a suite that is not its last", "suites/echo/echo.test", true, false},
		{"it runs its last", "suites/stop/stop.test", false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := t.TempDir()
			for _, name := range []string{"echo", "stop"} {
				file := filepath.Join(base, "suites", name, name+"_suite_test.go")
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			child := test.child
			if child != "" {
				child = filepath.Join(base, child)
			}
			pid := anotherGinkgo(t, base, child)
			here := filepath.Join(base, "suites", "echo")
			mine := []string{here, filepath.Join(base, "suites", "stop")}
			for over, want := range map[bool]bool{true: test.over, false: test.inTurn} {
				if got := inTheWay(mine, over); (got == pid) != want {
					t.Errorf("over %v: process %d is in the way (the other is %d), want %v", over, got, pid, want)
				}
			}
			if got := inTheWay([]string{filepath.Join(base, "suites", "idle")}, true); got != 0 {
				t.Errorf("one that runs other suites is in the way: %d", got)
			}
			waits, err := net.Listen("unix", waitsHere(pid))
			if err != nil {
				t.Fatal(err)
			}
			defer waits.Close()
			if got := inTheWay(mine, true); got != 0 {
				t.Errorf("one that makes way itself is in the way: %d", got)
			}
		})
	}
}
