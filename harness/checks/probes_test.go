package checks

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// noHandler runs probes/source.py on a launch script and the files beside it,
// and says whether it found no handler for SIGTERM.
func noHandler(t *testing.T, script string, beside map[string]string, also ...string) bool {
	t.Helper()
	folder := t.TempDir()
	files := map[string]string{"launch.py": script}
	for name, text := range beside {
		files[name] = text
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{filepath.Join(folder, "launch.py")}
	for i, name := range also {
		if i == 0 {
			args = append(args, "--also")
		}
		args = append(args, filepath.Join(folder, name))
	}
	return slices.ContainsFunc(lintOf(t, args...), func(one lint) bool { return one.Rule == "no-sigterm-handler" })
}

func TestAHandlerForSIGTERMIsFoundHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	const loop = "\nfor number in SIGNALS:\n    signal.signal(number, stop)\n"
	for what, one := range map[string]struct {
		script  string
		beside  map[string]string
		also    []string
		missing bool
	}{
		"by its name":                  {script: "import signal\nsignal.signal(signal.SIGTERM, stop)"},
		"imported by its name":         {script: "from signal import SIGTERM, signal\nsignal(SIGTERM, stop)"},
		"by its number":                {script: "import signal\nsignal.signal(15, stop)"},
		"by its text":                  {script: "import signal\nsignal.signal(getattr(signal, 'SIGTERM'), stop)"},
		"on the loop":                  {script: "loop.add_signal_handler(signal.SIGTERM, loop.stop)"},
		"in a loop over a tuple":       {script: "for n in (signal.SIGINT, signal.SIGTERM):\n    signal.signal(n, stop)"},
		"in a loop over all":           {script: "for n in signal.valid_signals():\n    signal.signal(n, stop)"},
		"awaited":                      {script: "signal.sigwait({signal.SIGTERM, signal.SIGINT})"},
		"by our keepalive":             {script: "import keepalive\nkeepalive.run()"},
		"by the add-on's keepalive":    {script: "from my_addon.keepalive import run\nrun()"},
		"in a file beside it":          {script: "import ending", beside: map[string]string{"ending.py": "SIGNALS = [signal.SIGTERM]" + loop}},
		"in a package beside it":       {script: "from ending import late", beside: map[string]string{"ending/__init__.py": "", "ending/late.py": "signal.signal(signal.SIGTERM, stop)"}},
		"in an add-on that it needs":   {script: "pass", beside: map[string]string{"other/__init__.py": "signal.signal(signal.SIGTERM, stop)"}, also: []string{"other"}},
		"nothing":                      {script: "while True:\n    time.sleep(0.05)", missing: true},
		"an empty script":              {script: "", missing: true},
		"another signal":               {script: "signal.signal(signal.SIGINT, stop)", missing: true},
		"another signal, SIGTERM sent": {script: "signal.signal(signal.SIGINT, stop)\nos.kill(1, signal.SIGTERM)", missing: true},
		"SIGTERM ignored":              {script: "signal.signal(signal.SIGTERM, signal.SIG_IGN)", missing: true},
		"SIGTERM as by default":        {script: "signal.signal(signal.SIGTERM, signal.SIG_DFL)", missing: true},
		"SIGTERM in a comment":         {script: "'''SIGTERM ends it'''\nfor n in SIGNALS:\n    signal.signal(n, stop)", missing: true},
		"a keepalive of its own":       {script: "import keepalive", beside: map[string]string{"keepalive.py": "while True: pass"}, missing: true},
		"a file that is not imported":  {script: "pass", beside: map[string]string{"ending.py": "signal.signal(signal.SIGTERM, stop)"}, missing: true},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			if got := noHandler(t, one.script, one.beside, one.also...); got != one.missing {
				t.Errorf("missing: %v, want %v\n%s", got, one.missing, one.script)
			}
		})
	}
}

func TestALoopThatOnlySleepsDelaysNoRequest(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		"while not ended.is_set():\n    time.sleep(0.5)\n":                     false, // threads serve
		"while not ended.is_set():\n    step()\n    time.sleep(0.5)\n":         true,
		"while not loop.kick_async_loop():\n    time.sleep(0.5)\n    step()\n": true,
		"while True:\n    step()\n    time.sleep(0.05)\n":                      false,
	} {
		file := filepath.Join(t.TempDir(), "launch.py")
		if err := os.WriteFile(file, []byte("import time\n"+body), 0o644); err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(lintOf(t, file), func(one lint) bool { return one.Rule == "long-sleep" })
		if found != want {
			t.Errorf("reported: %v\n%s", found, body)
		}
	}
}
