//go:build unix

package harness

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func TestWhatIsNoPartOfAnAddOnIsNotCopied(t *testing.T) {
	g := NewWithT(t)
	folder := t.TempDir()
	for name, content := range map[string]string{
		"__init__.py": "", "sub/module.py": "", "out/runs/latest": "1-2", "out/report.json": "{}",
		"kept/bgcheck-1-2-3/run/witness.py": "", "bgcheck-notes/read.me": "",
	} {
		g.Expect(os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o700)).To(Succeed())
		g.Expect(os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600)).To(Succeed())
	}
	for link, to := range map[string]string{"nowhere": "not/there", "itself": "itself", "sub/above": "..", "sub/beside.py": "module.py"} {
		g.Expect(os.Symlink(to, filepath.Join(folder, link))).To(Succeed())
	}
	g.Expect(syscall.Mkfifo(filepath.Join(folder, "pipe.py"), 0o600)).To(Succeed())
	b := fake(t, Addon(folder, "mine"), KeepIn(filepath.Join(folder, "logs")))
	into := filepath.Join(b.Dir(), "profile/scripts/addons/mine")
	for name, there := range map[string]bool{
		"sub/module.py": true, "sub/beside.py": true, "bgcheck-notes/read.me": true,
		"out": false, "kept/bgcheck-1-2-3": false, "logs/" + filepath.Base(b.Dir()): false,
		"nowhere": false, "itself": false, "sub/above": false, "pipe.py": false,
	} {
		if _, err := os.Lstat(filepath.Join(into, name)); (err == nil) != there {
			t.Errorf("%s is there: %v, expected %v", name, err == nil, there)
		}
	}
}

func pipe(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.py")
	NewWithT(t).Expect(syscall.Mkfifo(file, 0o600)).To(Succeed())
	return file
}

func TestAPipeInPlaceOfAFileIsRefusedAtOnce(t *testing.T) {
	for situation, option := range map[string]Option{
		"as a script": Script(pipe(t)), "as an add-on": Addon(pipe(t), "mine"), "a device as a script": Script("/dev/zero"),
	} {
		t.Run(situation, func(t *testing.T) {
			_, err := Launch(testkit.Bounded(t), On(Local(testkit.Fake)), option)
			NewWithT(t).Expect(err).To(MatchError(MatchRegexp(`is a (named pipe|device); expected a file`)))
		})
	}
}
