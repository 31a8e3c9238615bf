package harness

import (
	"errors"
	"os"
	"testing"

	. "github.com/onsi/gomega"
)

func TestErrorSaysTheCauseFirst(t *testing.T) {
	g := NewWithT(t)
	err := &Error{Phase: PhaseStop, Err: machinef("write: %w", os.ErrPermission), Command: "blender -b", Tail: []string{"a", "b"}}
	g.Expect(err.Error()).To(Equal("stop: write: permission denied\n  command: blender -b\n  log: a\n  log: b"))
	g.Expect(errors.Is(err, ErrMachine)).To(BeTrue())
	g.Expect(errors.Is(err, os.ErrPermission)).To(BeTrue())
}
