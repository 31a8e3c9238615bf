package owner

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

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
	parent := t.TempDir()
	self := owner{PID: os.Getpid(), Start: process.Start(os.Getpid()), Where: Namespace()}
	dead, elsewhere := self, self
	dead.PID = 1 << 30
	elsewhere.PID, elsewhere.Where = dead.PID, "another machine"
	for name, test := range map[string]struct {
		owner *owner
		stays bool
	}{
		"bgcheck-1073741824-5-1": {&dead, false},
		"bgcheck-1073741824-5-2": {&elsewhere, true},
		"bgcheck-1073741824-5-3": {nil, true}, // being made, or not ours
		"bgcheck-7-5-4":          {&self, true},
		"bgcheck-mine-and-yours": {&dead, true}, // somebody's, named alike
	} {
		dir := filepath.Join(parent, name)
		files := fstest.MapFS{"x": {}}
		if test.owner != nil {
			data, _ := json.Marshal(test.owner)
			files[ownerName] = &fstest.MapFile{Data: data}
		}
		NewWithT(t).Expect(os.CopyFS(dir, files)).To(Succeed())
	}
	g := NewWithT(t)
	sweepFolders(parent)
	left, _ := filepath.Glob(filepath.Join(parent, "*"))
	g.Expect(left).To(HaveLen(4))
	g.Expect(filepath.Join(parent, "bgcheck-1073741824-5-1")).NotTo(BeADirectory())
}
