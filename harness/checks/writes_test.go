package checks

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAWriteIsNotedWhereItHappens(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 in PATH")
	}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(root, "notes.jsonl")
	probes, err := filepath.Abs("probes")
	if err != nil {
		t.Fatal(err)
	}
	const code = `
import os, pathlib, sys
sys.path.insert(0, sys.argv[1])
import bgcheck_writes
os.mkdir("there")
os.mkdir("here")
os.chdir("here")
bgcheck_writes.register()
there = os.open("../there", os.O_RDONLY)
os.mkdir("by-folder", dir_fd=there)
os.rename("by-folder", "renamed", src_dir_fd=there, dst_dir_fd=there)
os.close(os.open("opened", os.O_WRONLY | os.O_CREAT, dir_fd=there))
os.unlink("opened", dir_fd=there)
os.rmdir("renamed", dir_fd=there)
os.symlink("x", "link", dir_fd=there)
os.close(there)
pathlib.Path("made").mkdir()
open("plain", "w").close()
import logging, shutil
logging.FileHandler("log")
shutil.copyfile("plain", "copy")
os.close(os.open("low", os.O_WRONLY | os.O_CREAT))
`
	script := filepath.Join(root, "author.py")
	if err := os.WriteFile(script, []byte(code), 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), python, script, probes)
	command.Dir, command.Env = root, append(os.Environ(), "BGCHECK_WRITES="+out, "PYTHONDONTWRITEBYTECODE=1")
	if text, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var noted []string
	for line := range strings.Lines(string(text)) {
		var one struct{ Path, At string }
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, one.Path)
		if err != nil {
			t.Fatal(err)
		}
		noted = append(noted, filepath.ToSlash(name))
		if one.At != "" && !strings.HasPrefix(one.At, script+":") {
			t.Errorf("%s was written at %s, which is no line of the author's", name, one.At)
		}
	}
	// What os.open makes from a folder's descriptor is not told, and so is not noted.
	want := []string{"there/by-folder", "there/renamed", "there/opened", "there/link", "here/made", "here/plain", "here/log", "here/copy", "here/low"}
	if !slices.Equal(noted, want) {
		t.Errorf("noted %v, want %v", noted, want)
	}
}

func TestWhatTheTargetFileNamesIsItsOwn(t *testing.T) {
	t.Parallel()
	under := &target.Target{
		Env:    map[string]string{"SOCKET": "/tmp/rpc-{port}.sock", "HOME_OF_ALL": "/home"},
		Launch: target.Launch{Args: []string{"--out=/srv/results/", "-v"}},
	}
	fill := func(text string) string { return strings.ReplaceAll(text, "{port}", "4000") }
	for path, want := range map[string]bool{
		"/tmp/rpc-4000.sock": true, "/tmp/rpc-4000.sock.lock": false, "/tmp/other": false, "/srv/results/a/b.png": true, "/srv/results2/x": false,
		"/home/me/.notes": false,
	} {
		if got := given(under, fill, path); got != want {
			t.Errorf("%s: %v; want %v", path, got, want)
		}
	}
}
