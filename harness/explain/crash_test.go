package explain

import (
	"strings"
	"syscall"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/target"
)

const crashFile = `# Blender 3.4.1, Commit date: 1970-01-01 00:00
bpy.ops.wm.save_as_mainfile()  # Operator

# backtrace

# Python backtrace
  File "/usr/share/blender/scripts/modules/bpy/ops.py", line 113 in __call__
  File "/tmp/x/profile/scripts/addons/mini_rpc.py", line 96 in remember
`

func TestACrashInAnExitFunctionIsToldByItsLine(t *testing.T) {
	f := Facts{
		Target: &target.Target{}, Crash: ReadCrash(crashFile), Exit: &harness.Exit{Signal: syscall.SIGSEGV, Asked: true},
		Events: []Event{{Event: "finalize"}}, Source: ReadText("mini_rpc.py", "\natexit.register(remember)\n"),
	}
	cause, fix := CrashedAtEnd(f)
	for _, want := range []string{"remember() at mini_rpc.py:96", "mini_rpc.py:2 `atexit.register(remember)`", "freed its data"} {
		if !strings.Contains(cause, want) {
			t.Errorf("the cause lacks %q: %s", want, cause)
		}
	}
	if fix != FixAtExit {
		t.Errorf("the remedy is %q", fix)
	}
}

func TestACrashInTheMiddleOfLifeCitesThePythonFrame(t *testing.T) {
	f := Facts{Target: &target.Target{}, Crash: ReadCrash(crashFile), Exit: &harness.Exit{Signal: syscall.SIGSEGV}}
	if _, cause := Ended(f); !strings.Contains(cause, "Blender crashed in remember() at mini_rpc.py:96") {
		t.Errorf("%s", cause)
	}
}

func TestACrashWithoutPythonIsNoGuessAtALine(t *testing.T) {
	if frames := ReadCrash("# backtrace\n./blender(+0x1)\n\n# Python backtrace\n"); frames != nil {
		t.Errorf("frames from nowhere: %v", frames)
	}
	cause, fix := CrashedAtEnd(Facts{Target: &target.Target{}, Exit: &harness.Exit{Signal: syscall.SIGSEGV}})
	if !strings.HasPrefix(cause, "perhaps ") || fix != "" {
		t.Errorf("a guess must say so: %q, %q", cause, fix)
	}
}
