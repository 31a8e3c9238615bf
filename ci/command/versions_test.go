package command

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// cached puts the fake Blender into a cache under these versions; nothing can be
// fetched.
func cached(t *testing.T, versions ...string) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("Blender is fetched for Linux on x86-64 alone")
	}
	cache := t.TempDir()
	for _, version := range versions {
		folder := filepath.Join(cache, "blender-"+version+"-linux-x64")
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(os.Getenv("BGCHECK_BLENDER"), filepath.Join(folder, "blender")); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("BGCHECK_CACHE", cache)
	t.Setenv("BGCHECK_MIRROR", "http://127.0.0.1:1/none")
}

func TestAVersionIsTakenFromTheCache(t *testing.T) {
	file, out := fakeTarget(t, serving)
	cached(t, "4.5.2")
	code, text, errout := try(t, "check", file, "--blender", "4.5", "--check", "echo/concurrent")
	if r := load(t, out); code != 0 || !strings.HasSuffix(r.Blender.Path, "blender-4.5.2-linux-x64/blender") {
		t.Errorf("exit %d on %s\n%s%s", code, r.Blender.Path, text, errout)
	}
}

func TestSeveralVersionsAreJudgedAndOneThatIsNotThereIsSaid(t *testing.T) {
	file, out := fakeTarget(t, serving)
	cached(t, "4.2.1", "4.5.2")
	code, text, errout := try(t, "check", file, "--blender", "4.2,4.4,4.5", "--check", "echo/concurrent")
	if code != int(CouldNot) && code != int(NotGood) || !strings.Contains(errout, "have Blender 4.4: it is not in the cache") || !strings.Contains(errout, "--blender PATH") {
		t.Errorf("exit %d\n%s%s", code, text, errout)
	}
	for _, version := range []string{"4.2", "4.5"} {
		if got := judgedIn(load(t, filepath.Join(out, version))); got != "echo/concurrent pass" {
			t.Errorf("%s: %s", version, got)
		}
	}
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil || !strings.Contains(string(page), "could not be judged on Blender 4.4") {
		t.Errorf("the page does not say what became of 4.4: %v", err)
	}
	if code, _, errout := try(t, "check", file, "--blender", "4.2,4.5", "--json"); code != int(Wrong) || !strings.Contains(errout, "one Blender") {
		t.Errorf("exit %d: %s", code, errout)
	}
}
