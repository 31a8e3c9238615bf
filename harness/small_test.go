package harness

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
)

func TestExpandReplacesFoldersAndNothingElse(t *testing.T) {
	g := NewWithT(t)
	mounts := map[string]string{"a": "/m/a", "b": "/m/{dir}"}
	g.Expect(Expand(`{dir}/x {mount:a}/y {"k": {}} {mount} {port}`, "/d", mounts)).
		To(Equal(`/d/x /m/a/y {"k": {}} {mount} {port}`))
	g.Expect(Expand("{mount:b}", "/d", mounts)).To(Equal("/m/{dir}"), "what was filled in is not read again")
	_, err := Expand("{mount:c}", "/d", mounts)
	g.Expect(err).To(MatchError(ContainSubstring(`declare it with Mount("c", folder)`)))
	_, err = Expand("{mount:}", "/d", mounts)
	g.Expect(err).To(HaveOccurred())
}

func TestQuote(t *testing.T) {
	g := NewWithT(t)
	g.Expect(Quote("a", "/b/c.d", "", "e f", "it's", "~", "$x", "ä")).To(Equal(`a /b/c.d '' 'e f' 'it'\''s' '~' '$x' 'ä'`))
	g.Expect(quoteAssignment("A=b c")).To(Equal("A='b c'"))
	g.Expect(quoteAssignment("A B=c")).To(Equal("'A B=c'"))
}

func TestIDsNameTheirOwner(t *testing.T) {
	g := NewWithT(t)
	id := newID()
	g.Expect(newID()).NotTo(Equal(id))
	g.Expect(OwnerAlive(id)).To(BeTrue())
	g.Expect(OwnerAlive("something else")).To(BeTrue(), "what is not ours is not touched")
	g.Expect(OwnerAlive("1-2-x")).To(BeTrue())
	if startTicks(os.Getpid()) != 0 {
		pid, start, ok := parseID(id)
		g.Expect(ok).To(BeTrue())
		g.Expect(processAlive(pid, start+1)).To(BeFalse(), "another process of the same number")
	}
}

func TestSweepOfFolders(t *testing.T) {
	parent := t.TempDir()
	self := owner{PID: os.Getpid(), Start: startTicks(os.Getpid()), Where: namespace()}
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
		files := map[string]string{"x": ""}
		if test.owner != nil {
			data, _ := json.Marshal(test.owner)
			files[ownerName] = string(data)
		}
		writeFiles(t, dir, files)
	}
	g := NewWithT(t)
	sweepFolders(parent)
	left, _ := filepath.Glob(filepath.Join(parent, "*"))
	g.Expect(left).To(HaveLen(4))
	g.Expect(filepath.Join(parent, "bgcheck-1073741824-5-1")).NotTo(BeADirectory())
}

func TestErrorSaysTheCauseFirst(t *testing.T) {
	g := NewWithT(t)
	err := &Error{Phase: PhaseStop, Err: machinef("write: %w", os.ErrPermission), Command: "blender -b", Tail: []string{"a", "b"}}
	g.Expect(err.Error()).To(Equal("stop: write: permission denied\n  command: blender -b\n  log: a\n  log: b"))
	g.Expect(errors.Is(err, ErrMachine)).To(BeTrue())
	g.Expect(errors.Is(err, os.ErrPermission)).To(BeTrue())
}
