package container

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness"
)

// realBlender is one of our images, with a real Blender in it.
func realBlender(t *testing.T) *Backend {
	e := needEngine(t)
	image, err := e.newest(t.Context())
	if err != nil {
		lack(t, "%v", err)
	}
	if v := os.Getenv("BGCHECK_TEST_BLENDER"); v != "" {
		image = ownImages + v
	}
	return New(image)
}

const waiting = "import time; print('waiting', flush=True)\nwhile True: time.sleep(0.05)"

const handling = "import signal, sys; signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))\n" + waiting

func TestBlenderRuns(t *testing.T) {
	t.Parallel()
	b := realBlender(t)
	run := launch(t, b, nil, harness.Flags("--python-exit-code", "7", "--python-expr",
		"import bpy, numpy, os; print('here', bpy.app.version_string, len(bpy.data.objects), os.getpid() != 1, flush=True); 1/0"))
	info, err := b.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	line(t, run, "^here "+strings.ReplaceAll(info.Version, ".", `\.`)+".* 3 True")
	if exit := wait(t, run); exit.Code != 7 {
		t.Errorf("%v; want code 7", exit)
	}
}

func TestBlenderAsProcess1IgnoresSIGTERMWithoutAHandler(t *testing.T) {
	t.Parallel()
	run := launch(t, realBlender(t), nil, harness.AsPID1(), harness.Flags("--python-expr", waiting))
	line(t, run, "^waiting")
	exit, err := run.Stop(t.Context(), harness.StopGrace(time.Second))
	if err != nil || !exit.Escalated {
		t.Errorf("%v, %v; want that it had to be killed", exit, err)
	}
}

func TestBlenderAsProcess1EndsWithItsHandler(t *testing.T) {
	t.Parallel()
	run := launch(t, realBlender(t), nil, harness.AsPID1(), harness.Flags("--python-expr", handling))
	line(t, run, "^waiting")
	exit, err := run.Stop(t.Context(), harness.StopGrace(patience))
	if err != nil || exit.Code != 0 || exit.Escalated {
		t.Errorf("%v, %v; want code 0", exit, err)
	}
}

func TestBlenderUnderTheLauncherDiesOfSIGTERMWithoutAHandler(t *testing.T) {
	t.Parallel()
	run := launch(t, realBlender(t), nil, harness.Flags("--python-expr", waiting))
	line(t, run, "^waiting")
	exit, err := run.Stop(t.Context(), harness.StopGrace(patience))
	if err != nil || exit.Signal != syscall.SIGTERM {
		t.Errorf("%v, %v; want the end by SIGTERM", exit, err)
	}
}
