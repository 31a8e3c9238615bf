package draft

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

var update = flag.Bool("update", false, "write the drafts that are compared with")

// sameFile compares what was made with the file that is committed.
func sameFile(t *testing.T, file string, made []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), made) {
		t.Errorf("%s is not what is made now; run go test ./harness/draft -update and look at the difference.\nmade now:\n%s", file, made)
	}
}

// TestDrafts compares each draft with the bgcheck.yaml beside its add-on, which
// is where the draft belongs, and loads that.
func TestDrafts(t *testing.T) {
	for name, addon := range map[string]string{
		"seeds": "echo_addon", "http": "web-service.py", "typed": "plugin", "extension": "ext",
		"script": "serve.py", "own-script": "my_addon", "no-service": "tool",
		"self-starting": "service", "json-rpc": "tools", "xml-rpc": "rpc.py",
		"length-prefixed": "framed", "fixed-port": "fixed.py", "unix-socket": "lines.py",
		"websocket": "live.py",
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join("testdata", name)
			text, notes, err := Text(filepath.Join(folder, addon), "")
			if err != nil {
				t.Fatal(err)
			}
			file, err := File(filepath.Join(folder, addon))
			if err != nil {
				t.Fatal(err)
			}
			sameFile(t, file, text)
			sameFile(t, filepath.Join(folder, "notes.txt"), []byte(strings.Join(notes, "\n")+"\n"))
			if _, err := target.Load(folder); err != nil {
				t.Errorf("the draft does not load: %v", err)
			}
		})
	}
}

func TestDraftOfEveryExampleLoads(t *testing.T) {
	files, err := filepath.Glob("../target/testdata/examples/*/bgcheck.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("find examples: %d files, %v", len(files), err)
	}
	for _, file := range files {
		example, err := target.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		if example.Addon == "" {
			continue
		}
		addon := example.Resolve(example.Addon)
		text, _, err := Text(addon, "")
		if err != nil {
			t.Errorf("Text(%s): %v", example.Addon, err)
			continue
		}
		drafted, err := target.Parse(filepath.Join(filepath.Dir(addon), target.FileName), text)
		if err != nil {
			t.Errorf("the draft for %s does not load: %v\n%s", example.Addon, err, text)
			continue
		}
		if drafted.Module != example.Module {
			t.Errorf("module of %s is %q; want %q", example.Addon, drafted.Module, example.Module)
		}
	}
}

func TestDraftFindsTheAddonInARepository(t *testing.T) {
	folder := t.TempDir()
	inside := filepath.Join(folder, "src", "my_addon")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	source := "bl_info = {\"name\": \"x\"}\n\n\ndef serve():\n    listener.bind((HOST, PORT))\n\n\ndef register():\n    pass\n"
	if err := os.WriteFile(filepath.Join(inside, "__init__.py"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	text, _, err := Text(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\naddon: src/my_addon\n") || !strings.Contains(string(text), "\n  start: serve\n") {
		t.Errorf("draft:\n%s", text)
	}
	if _, _, err := Text(t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "has no __init__.py") {
		t.Errorf("Text of an empty folder: %v", err)
	}
	if _, _, err := Text(filepath.Join(folder, "nothing"), ""); err == nil {
		t.Error("Text of what is not there: no error")
	}
}

// TestDraftAsksWhichOfSeveralAddons: it names them, and takes the one that is more
// of an add-on than what lies beside it.
func TestDraftAsksWhichOfSeveralAddons(t *testing.T) {
	const info, plain = "bl_info = {\"name\": \"x\"}\n\n\ndef register():\n    pass\n", "def register():\n    pass\n"
	for what, one := range map[string]struct {
		files map[string]string
		taken string
		named []string
	}{
		"two folders":                  {map[string]string{"ring/__init__.py": info, "rope/__init__.py": info}, "", []string{"ring", "rope"}},
		"two files":                    {map[string]string{"ring.py": info, "rope.py": info}, "", []string{"ring.py", "rope.py"}},
		"a file and a folder":          {map[string]string{"ring.py": info, "rope/__init__.py": info}, "", []string{"ring.py", "rope"}},
		"deeper":                       {map[string]string{"src/ring/__init__.py": info, "src/rope/__init__.py": info}, "", []string{"src/ring", "src/rope"}},
		"an extension and an add-on":   {map[string]string{"ring/blender_manifest.toml": "id = \"ring\"\n", "ring/__init__.py": plain, "rope/__init__.py": info}, "", []string{"ring", "rope"}},
		"neither says what it is":      {map[string]string{"ring/__init__.py": plain, "rope/__init__.py": plain}, "", []string{"ring", "rope"}},
		"more than one reads":          {map[string]string{"a.py": info, "b.py": info, "c.py": info, "d.py": info, "e.py": info, "f.py": info, "g.py": info, "h.py": info, "i.py": info, "j.py": info, "k.py": info, "l.py": info}, "", []string{"holds 12", "a.py", "and 2 more"}},
		"one, and a package beside it": {map[string]string{"ring/__init__.py": info, "tools/__init__.py": plain, "setup.py": ""}, "ring", nil},
		"one, and a test's":            {map[string]string{"src/ring/__init__.py": info, "tests/rope/__init__.py": info}, "src/ring", nil},
		"one, and what was built":      {map[string]string{"ring/__init__.py": info, "build/__init__.py": info}, "ring", nil},
		"a test's alone":               {map[string]string{"tests/rope/__init__.py": info}, "tests/rope", nil},
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			for name, text := range one.files {
				file := filepath.Join(folder, name)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, _, err := Text(folder, "")
			if one.taken != "" {
				if err != nil || !strings.Contains(string(text), "\naddon: "+one.taken+"\n") {
					t.Errorf("%v, draft:\n%s", err, text)
				}
				return
			}
			if err == nil {
				t.Fatalf("it takes one without a word:\n%s", text)
			}
			for _, name := range append(one.named, "name the one that is meant") {
				if !strings.Contains(err.Error(), name) {
					t.Errorf("%q is not named: %v", name, err)
				}
			}
		})
	}
}

// TestDraftFindsTheScriptThatLaunchesTheAddon: however it names the add-on, and
// wherever people keep it.
func TestDraftFindsTheScriptThatLaunchesTheAddon(t *testing.T) {
	const addon = "bl_info = {\"name\": \"x\"}\n\n\ndef register():\n    pass\n"
	for what, one := range map[string]struct {
		files  map[string]string // the add-on is my_addon/__init__.py, or __init__.py of a repository of its own
		script string
	}{
		"beside it, imported":               {map[string]string{"go.py": "import my_addon\nmy_addon.run_forever()\n"}, "go.py"},
		"beside it, by importlib":           {map[string]string{"go.py": "import importlib, time\nimportlib.import_module(\"my_addon\")\nwhile True:\n    time.sleep(1)\n"}, "go.py"},
		"beside it, which only waits":       {map[string]string{"launch.py": "import signal\nsignal.pause()\n"}, "launch.py"},
		"in scripts":                        {map[string]string{"scripts/headless.py": "import threading\nthreading.Event().wait()\n"}, "scripts/headless.py"},
		"in a repository that is the addon": {map[string]string{".git/HEAD": "", "run_server.py": "import time\nwhile True:\n    time.sleep(1)\n"}, "run_server.py"},
		"none: a test waits too":            {map[string]string{"test_it.py": "import my_addon, time\ntime.sleep(1)\n"}, ""},
		"none: a tool that names nothing":   {map[string]string{"notes.py": "import time\ntime.sleep(1)\n"}, ""},
	} {
		t.Run(what, func(t *testing.T) {
			folder := t.TempDir()
			path := filepath.Join(folder, "my_addon")
			if _, own := one.files[".git/HEAD"]; own {
				folder = path
			}
			one.files[strings.TrimPrefix(filepath.Join(path, "__init__.py"), folder+string(filepath.Separator))] = addon
			for name, text := range one.files {
				file := filepath.Join(folder, name)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, _, err := Text(path, "")
			if err != nil {
				t.Fatal(err)
			}
			if found := strings.Contains(string(text), "\n  script: "+one.script+"\n"); one.script != "" && !found ||
				one.script == "" && strings.Contains(string(text), "script:") {
				t.Errorf("script %q; the draft:\n%s", one.script, text)
			}
			if one.script == "" && strings.Contains(string(text), "start:") {
				t.Errorf("a start was invented:\n%s", text)
			}
		})
	}
}

// FuzzText: no source makes Text panic, or write a file that is not YAML.
func FuzzText(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.py")
	if err != nil {
		f.Fatal(err)
	}
	more, err := filepath.Glob("testdata/*/*/*.py")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, more...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, source string) {
		file := filepath.Join(t.TempDir(), "addon.py")
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		text, _, err := Text(file, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := target.Parse(filepath.Join(filepath.Dir(file), target.FileName), text); err != nil && strings.Contains(err.Error(), "not YAML") {
			t.Errorf("%v in\n%s", err, text)
		}
	})
}
