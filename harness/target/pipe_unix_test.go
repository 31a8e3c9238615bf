//go:build unix

package target

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestAPipeOrADeviceInPlaceOfAFileIsSaidAtOnce(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"serve.py", "addon.py", "addon.zip", "bgcheck.yaml"} {
		if err := syscall.Mkfifo(filepath.Join(folder, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "good.py"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, filepath.Join(folder, "bgcheck.yaml"), "/dev/zero", "/dev/tty"} {
		if _, err := Load(path); err == nil || !strings.Contains(err.Error(), "expected a file") {
			t.Errorf("%s: %v", path, err)
		}
	}
	for text, want := range map[string]string{
		"addon: addon.py":                      "addon \"addon.py\" is a named pipe",
		"addon: addon.zip":                     "addon \"addon.zip\" is a named pipe",
		"launch: {script: serve.py}":           "launch.script \"serve.py\" is a named pipe",
		"addon: good.py\nrequires: [addon.py]": "is a named pipe",
		"launch: {script: /dev/zero}":          "is a device",
	} {
		if _, err := Parse(filepath.Join(folder, "x.yaml"), []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
