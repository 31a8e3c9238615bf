package draft

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAScriptThatDoesItsWorkAndEndsIsAJob(t *testing.T) {
	const exports = "import bpy\nbpy.ops.wm.save_as_mainfile(filepath='a.blend')\n"
	const serves = "import socketserver\ndef serve():\n    socketserver.TCPServer(('', 0), None).serve_forever()\n"
	for _, one := range []struct {
		situation string
		files     map[string]string
		job       bool
	}{
		{"it saves a file", map[string]string{"do.py": exports}, true},
		{"it sleeps a moment", map[string]string{"do.py": "import time\n" + exports + "time.sleep(1)\n"}, true},
		{"it imports what saves a file", map[string]string{"do.py": "import work\nwork.do()\n", "work.py": exports}, true},
		{"it polls a folder", map[string]string{"do.py": "import time\nwhile True:\n    time.sleep(1)\n"}, false},
		{"it waits for a stop", map[string]string{"do.py": "import stop\nwhile not stop.wait(1):\n    pass\n"}, false},
		{"it reads its standard input", map[string]string{"do.py": "import sys\nfor line in sys.stdin:\n    exec(line)\n"}, false},
		{"it serves", map[string]string{"do.py": serves + "serve()\n"}, false},
		{"it imports what serves", map[string]string{"do.py": "import work\nwork.serve()\n", "work.py": serves}, false},
		{"it imports a package that serves", map[string]string{"do.py": "from work import server\nserver.serve()\n", "work/__init__.py": "", "work/server.py": serves}, false},
	} {
		folder := t.TempDir()
		for name, text := range one.files {
			file := filepath.Join(folder, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		text, _, err := Text(filepath.Join(folder, "do.py"), "")
		if err != nil {
			t.Fatalf("%s: %v", one.situation, err)
		}
		if got := strings.Contains(string(text), "\njob:"); got != one.job {
			t.Errorf("%s: a job: %v; drafted:\n%s", one.situation, got, text)
		}
		if under, err := target.Parse(filepath.Join(folder, target.FileName), text); err != nil || under.IsJob() != one.job {
			t.Errorf("%s: %v", one.situation, err)
		}
	}
}

func TestAnAddOnThatAScriptUsesAndEndsIsHosted(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"export_all.py": "import bpy\nbl_info = {\"name\": \"Export all\"}\ndef export():\n    pass\ndef register():\n    pass\n",
		"do.py":         "import export_all\nexport_all.export()\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, notes, err := Text(filepath.Join(folder, "export_all.py"), "")
	if err != nil || strings.Contains(string(text), "launch:") || !strings.Contains(strings.Join(notes, "\n"), "do.py uses it and ends, a job of its own") {
		t.Errorf("%v: %q\n%s", err, notes, text)
	}
}
