package owner

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/process"
)

func TestIDsNameTheirOwner(t *testing.T) {
	g := NewWithT(t)
	id := NewID()
	g.Expect(NewID()).NotTo(Equal(id))
	g.Expect(Alive(id)).To(BeTrue())
	g.Expect(Alive("something else")).To(BeTrue(), "what is not ours is not touched")
	g.Expect(Alive("1-2-x")).To(BeTrue())
	if process.Start(os.Getpid()) != 0 {
		pid, start, ok := parseID(id)
		g.Expect(ok).To(BeTrue())
		g.Expect(process.Runs(pid, start+1)).To(BeFalse(), "another process of the same number")
	}
}

func TestSweepOfFolders(t *testing.T) {
	g := NewWithT(t)
	t.Setenv("TMPDIR", t.TempDir())
	mine, err := TempDir(NewID())
	g.Expect(err).NotTo(HaveOccurred())
	info, err := os.Stat(mine)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info.Mode().Perm()).To(Equal(os.FileMode(0o700)))
	tag := place() + random()
	for name, stays := range map[string]bool{
		"bgcheck-1073741824-5-1-" + tag:                        false, // empty, as one is when its owner is killed at once
		"bgcheck-1073741824-5-2-" + tag:                        false,
		"bgcheck-1073741824-5-3-00000000" + random():           true, // another machine's, on a shared disk
		"bgcheck-1073741824-5-4":                               true,
		"bgcheck-mine-and-yours-" + tag:                        true, // somebody's, named alike
		"bgcheck-1073741824-5-5-" + tag + ".link":              true,
		"elsewhere/bgcheck-1073741824-5-6-" + tag:              true,
		"bgcheck-" + strconv.Itoa(os.Getpid()) + "-1-1-" + tag: process.Start(os.Getpid()) == 0, // an earlier process of our number
	} {
		dir := filepath.Join(os.TempDir(), name)
		if strings.HasSuffix(name, ".link") {
			g.Expect(os.Symlink(t.TempDir(), dir)).To(Succeed())
		} else {
			g.Expect(os.MkdirAll(filepath.Join(dir, "inside"), 0o700)).To(Succeed())
		}
		if name == "bgcheck-1073741824-5-1-"+tag {
			g.Expect(os.Remove(filepath.Join(dir, "inside"))).To(Succeed())
		}
		defer func() {
			if _, err := os.Lstat(dir); (err == nil) != stays {
				t.Errorf("%s: stays: %v, expected %v", name, err == nil, stays)
			}
		}()
	}
	sweepFolders(os.TempDir())
	g.Expect(mine).To(BeADirectory())
}
