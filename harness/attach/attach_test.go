package attach

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
	"github.com/bgcheck/bgcheck/harness/internal/testkit/live"
)

func TestAttachToABlenderThatRuns(t *testing.T) {
	g := NewWithT(t)
	running := live.Ready(t)
	backend := New(live.Address(t, running), running.PID())
	info, err := backend.Info(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(info.Path).To(Equal(testkit.Fake))

	b, err := harness.Launch(testkit.Bounded(t), harness.On(backend))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	sample, err := b.Usage(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sample.Procs).To(HaveLen(1))
	listeners, err := b.Listeners(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(listeners).To(HaveLen(1))
	if runtime.GOOS == "linux" {
		g.Expect(os.WriteFile(filepath.Join(b.Scratch(), "note"), []byte("by the attached one"), 0o600)).To(Succeed())
		g.Expect(b.ReadScratch(testkit.Bounded(t), "note")).To(BeEquivalentTo("by the attached one"))
	}
	g.Expect(b.Close()).To(Succeed())
	g.Expect(b.Exit().String()).To(Equal("end not seen"))
	g.Expect(running.Exit()).To(BeNil(), "letting go must not end it")

	b, err = harness.Launch(testkit.Bounded(t), harness.On(backend))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.Signal(testkit.Bounded(t), syscall.SIGTERM)).To(Succeed())
	_, err = b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.Close()).To(Succeed())
	exit, err := running.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero())

	_, err = harness.Launch(testkit.Bounded(t), harness.On(backend))
	g.Expect(err).To(MatchError(harness.ErrMachine), "the process has ended")
}

func TestAttachWithoutPID(t *testing.T) {
	g := NewWithT(t)
	running := live.Ready(t)
	b, err := harness.Launch(testkit.Bounded(t), harness.On(New(live.Address(t, running), 0)))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	g.Expect(b.Signal(testkit.Bounded(t), syscall.SIGTERM)).To(MatchError(errors.ErrUnsupported))
	_, err = b.Usage(testkit.Bounded(t))
	g.Expect(err).To(MatchError(errors.ErrUnsupported))
	_, err = b.ReadScratch(testkit.Bounded(t), "note")
	g.Expect(err).To(MatchError(errors.ErrUnsupported))
	g.Expect(b.Close()).To(Succeed())
	_, err = harness.Launch(testkit.Bounded(t), harness.On(New("no port", 0)))
	g.Expect(err).To(MatchError(ContainSubstring(`attach to "no port"`)))
}
