package command

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestPackagesAreTheSameBytesWhateverTheDatesOfTheirFiles(t *testing.T) {
	tree := func(at time.Time) fstest.MapFS {
		return fstest.MapFS{
			"tcp_echo/__init__.py": {Data: []byte("one"), ModTime: at, Mode: 0o600},
			"tcp_echo/b.py":        {Data: []byte("two"), ModTime: at, Mode: 0o755},
		}
	}
	first, err := zipped(tree(time.Unix(1e9, 0)), "tcp_echo/")
	if err != nil {
		t.Fatal(err)
	}
	second, err := zipped(tree(time.Now()), "tcp_echo/")
	if err != nil || string(first) != string(second) {
		t.Errorf("two zips of the same files differ (%v)", err)
	}
}

func TestPackagesHoldWhatBlenderInstallsAndTargetsThatCheckThem(t *testing.T) {
	folder := t.TempDir()
	code, out, errout := try(t, "package", "--out", folder)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errout)
	}
	for kind, first := range map[string]string{"addon": "tcp_echo/__init__.py", "extension": "__init__.py"} {
		file := filepath.Join(folder, kind+".yaml")
		if !strings.Contains(out, "bgcheck check "+file) {
			t.Errorf("how to check %s is not said:\n%s", kind, out)
		}
		got, err := target.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		if got.IsExtension() != (kind == "extension") {
			t.Errorf("%s: extension is %v", file, got.IsExtension())
		}
		z, err := zip.OpenReader(got.Resolve(got.Addon))
		if err != nil {
			t.Fatal(err)
		}
		if z.File[0].Name != first {
			t.Errorf("%s begins with %s, not %s", got.Addon, z.File[0].Name, first)
		}
		_ = z.Close()
	}
	if code, _, errout := try(t, "package", "--out", filepath.Join(folder, "addon.yaml")); code != int(CouldNot) || strings.Count(errout, "\n") != 1 {
		t.Errorf("into a file: exit %d: %s", code, errout)
	}
	if _, err := os.Stat(filepath.Join(folder, "addon.yaml")); err != nil {
		t.Error(err)
	}
}

func TestPackageVersionsOfManifestAndAddonAgree(t *testing.T) {
	text, err := os.ReadFile("../../pyaddon/tcp_echo/__init__.py")
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile("../../pyaddon/tcp_echo/blender_manifest.toml")
	if err != nil {
		t.Fatal(err)
	}
	version := string(manifestVersion.FindSubmatch(manifest)[1])
	if said := `"version": (` + strings.ReplaceAll(version, ".", ", ") + ")"; !strings.Contains(string(text), said) {
		t.Errorf("bl_info does not say %s", said)
	}
}
