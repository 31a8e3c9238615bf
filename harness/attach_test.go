package harness

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
)

func TestAttachToABlenderThatRuns(t *testing.T) {
	g := NewWithT(t)
	running := ready(t)
	backend := Attach(mustAddress(t, running), running.PID())
	info, err := backend.Info(bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info.Path).To(Equal(fakeBlender))

	b, err := Launch(bounded(t), On(backend))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.WaitReady(bounded(t), ping)).To(Succeed())
	sample, err := b.Usage(bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sample.Procs).To(HaveLen(1))
	listeners, err := b.Listeners(bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(listeners).To(HaveLen(1))
	if runtime.GOOS == "linux" {
		g.Expect(os.WriteFile(filepath.Join(b.Scratch(), "note"), []byte("by the attached one"), 0o600)).To(Succeed())
		g.Expect(b.ReadScratch(bounded(t), "note")).To(BeEquivalentTo("by the attached one"))
	}
	g.Expect(b.Close()).To(Succeed())
	g.Expect(b.Exit().String()).To(Equal("end not seen"))
	g.Expect(running.Exit()).To(BeNil(), "letting go must not end it")

	b, err = Launch(bounded(t), On(backend))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.Signal(bounded(t), syscall.SIGTERM)).To(Succeed())
	_, err = b.Wait(bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.Close()).To(Succeed())
	exit, err := running.Wait(bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero())

	_, err = Launch(bounded(t), On(backend))
	g.Expect(err).To(MatchError(ErrMachine), "the process has ended")
}

func TestAttachWithoutPID(t *testing.T) {
	g := NewWithT(t)
	running := ready(t)
	b, err := Launch(bounded(t), On(Attach(mustAddress(t, running), 0)))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.WaitReady(bounded(t), ping)).To(Succeed())
	g.Expect(b.Signal(bounded(t), syscall.SIGTERM)).To(MatchError(errors.ErrUnsupported))
	_, err = b.Usage(bounded(t))
	g.Expect(err).To(MatchError(errors.ErrUnsupported))
	_, err = b.ReadScratch(bounded(t), "note")
	g.Expect(err).To(MatchError(errors.ErrUnsupported))
	g.Expect(b.Close()).To(Succeed())
	_, err = Launch(bounded(t), On(Attach("no port", 0)))
	g.Expect(err).To(MatchError(ContainSubstring(`attach to "no port"`)))
}
