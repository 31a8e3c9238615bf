package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestInitWritesAFileOnceAndKeepsWhatIsThere(t *testing.T) {
	folder := t.TempDir()
	addon := filepath.Join(folder, "service.py")
	source := "import socket\n\nbl_info = {'name': 'x'}\n\n\ndef serve():\n    socket.create_server(('127.0.0.1', 8765))\n\n\ndef register():\n    pass\n"
	if err := os.WriteFile(addon, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "bgcheck.yaml")
	code, printed, _ := try(t, "init", "--print", addon)
	if _, err := os.Stat(file); code != 0 || !os.IsNotExist(err) {
		t.Fatalf("--print: exit %d, file: %v", code, err)
	}
	code, out, errout := try(t, "init", addon)
	if code != 0 || !strings.Contains(out, "wrote "+file) || !strings.Contains(out, "start: serve") || !strings.Contains(out, "bgcheck check "+file) {
		t.Fatalf("exit %d\n%s%s", code, out, errout)
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != printed {
		t.Errorf("%v: the file is not what --print gives:\n%s", err, text)
	}
	if code, out, errout := try(t, "schema", "--check", file); code != 0 || !strings.Contains(out, "is right") {
		t.Errorf("the file written is not right: exit %d: %s%s", code, out, errout)
	}
	if err := os.WriteFile(file, []byte("mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errout := try(t, "init", addon); code != int(Wrong) || !strings.Contains(errout, "is kept") {
		t.Errorf("a second time: exit %d: %s", code, errout)
	}
	if text, _ := os.ReadFile(file); string(text) != "mine\n" {
		t.Errorf("the author's file was overwritten: %s", text)
	}
	if code, _, errout := try(t, "schema", "--check", file); code != int(Wrong) || !strings.Contains(errout, file) {
		t.Errorf("a wrong file: exit %d: %s", code, errout)
	}
}

func TestInitSaysWhatItNeeds(t *testing.T) {
	nothing := filepath.Join(t.TempDir(), "nothing")
	for _, one := range []struct {
		want string
		args []string
	}{
		{"<addon>", nil}, {"unexpected argument b", []string{"a", "b"}}, {"--nonsense", []string{"--nonsense"}},
		{nothing, []string{nothing}}, {"expected the add-on's folder", []string{t.TempDir()}},
	} {
		code, out, errout := try(t, append([]string{"init"}, one.args...)...)
		if code != int(Wrong) || !strings.Contains(errout, one.want) || out != "" {
			t.Errorf("%q: exit %d: %s%s", one.args, code, out, errout)
		}
	}
}

func TestSchemaPrintsWhatTheTypeMakes(t *testing.T) {
	if code, out, _ := try(t, "schema"); code != 0 || !bytes.Equal([]byte(out), target.Schema()) {
		t.Errorf("exit %d: %.200s", code, out)
	}
	if code, out, _ := try(t, "schema", "--keys"); code != 0 || out != target.Markdown() {
		t.Errorf("exit %d: %.200s", code, out)
	}
}
