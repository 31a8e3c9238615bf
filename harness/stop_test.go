package harness

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

// ready launches the fake and waits until it serves, and so has its handlers.
func ready(t *testing.T, options ...Option) *Blender {
	t.Helper()
	b := fake(t, append(options, serving())...)
	NewWithT(t).Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	return b
}

func TestStopOfAServiceThatHeedsSIGTERM(t *testing.T) {
	g := NewWithT(t)
	b := ready(t)
	exit, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero())
	g.Expect(exit.Signal).To(BeNil())
	g.Expect(exit.Asked).To(BeTrue())
	g.Expect(exit.Request).To(Equal(syscall.SIGTERM))
	g.Expect(exit.Escalated).To(BeFalse())
	g.Expect(exit.Left).To(BeEmpty())
	g.Expect(exit.Took).To(BeNumerically(">", 0))
	g.Expect(exit.Tail).To(ContainElement("fake: stopped by terminated"))
	g.Expect(exit.String()).To(MatchRegexp(`^exit code 0 after [\d.e-]+ s$`))

	again, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(again).To(BeIdenticalTo(exit))
	g.Expect(b.Signal(testkit.Bounded(t), syscall.SIGTERM)).To(MatchError(os.ErrProcessDone))
}

func TestStopBySIGINTWithAnotherCode(t *testing.T) {
	g := NewWithT(t)
	b := ready(t, Env("FAKE_STOP_CODE", "3"))
	exit, err := b.Stop(testkit.Bounded(t), StopSignal(os.Interrupt))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(Equal(3))
	g.Expect(exit.Tail).To(ContainElement("fake: stopped by interrupt"))
}

func TestStopOfAServiceThatIgnoresSIGTERM(t *testing.T) {
	g := NewWithT(t)
	b := ready(t, Env("FAKE_SIGNALS", "term"), Env("FAKE_CHILD", "both"))
	exit, err := b.Stop(testkit.Bounded(t), StopGrace(50*time.Millisecond))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Escalated).To(BeTrue())
	g.Expect(exit.Signal).To(Equal(syscall.SIGKILL))
	g.Expect(exit.Code).To(Equal(-1))
	g.Expect(exit.String()).To(MatchRegexp(`^ignored SIGTERM for [\d.]+ s and was killed$`))
}

func TestStopWhoseContextEndsKills(t *testing.T) {
	g := NewWithT(t)
	b := ready(t, Env("FAKE_SIGNALS", "term"))
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	exit, err := b.Stop(ctx, StopGrace(time.Hour))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Escalated).To(BeTrue())
}

func TestStopWithoutHandlerIsDeathBySignal(t *testing.T) {
	g := NewWithT(t)
	b := ready(t, Env("FAKE_SIGNALS", "none"))
	g.Expect(b.Signal(testkit.Bounded(t), syscall.SIGHUP)).To(Succeed())
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Signal).To(Equal(syscall.SIGHUP))
	g.Expect(exit.Asked).To(BeTrue())
	g.Expect(exit.String()).To(MatchRegexp(`^killed by SIGHUP \(signal 1\) after `))
}

func TestKillOfTheWholeTree(t *testing.T) {
	g := NewWithT(t)
	b := ready(t, Env("FAKE_CHILD", "both"))
	exit, err := b.Kill(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Signal).To(Equal(syscall.SIGKILL))
	g.Expect(exit.Escalated).To(BeFalse())
	g.Expect(exit.String()).To(HavePrefix("killed on request after "))
}

func TestExitNobodyAskedFor(t *testing.T) {
	g := NewWithT(t)
	b := fake(t)
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Asked).To(BeFalse())
	g.Expect(exit.Tail).To(ContainElement("Blender quit"))
	stopped, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(stopped.Asked).To(BeFalse(), "the end came before the request")
}

func TestWaitThatIsCutShort(t *testing.T) {
	g := NewWithT(t)
	b := ready(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	exit, err := b.Wait(ctx)
	g.Expect(exit).To(BeNil())
	g.Expect(err).To(MatchError(context.Canceled))
	var whole *Error
	g.Expect(errors.As(err, &whole)).To(BeTrue())
	g.Expect(whole.Phase).To(Equal(PhaseRun))
}

func TestCrashBySIGSEGVNamesItsFile(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_CRASH", "segv"))
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Signal).To(Equal(syscall.SIGSEGV))
	g.Expect(exit.CrashFile).To(Equal(filepath.Join(b.Dir(), "tmp/blender.crash.txt")))
	g.Expect(exit.String()).To(MatchRegexp(`^killed by SIGSEGV \(signal 11\) after .* s, crash file .*/tmp/blender.crash.txt$`))
}

func TestCrashFileInAnotherTemporaryFolder(t *testing.T) {
	g := NewWithT(t)
	other := t.TempDir()
	b := fake(t, Env("FAKE_CRASH", "segv"), Env("TMPDIR", other))
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.CrashFile).To(Equal(filepath.Join(other, "blender.crash.txt")))
}

func TestAbortHasNoCrashFile(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_CRASH", "abrt"))
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Signal).To(Equal(syscall.SIGABRT))
	g.Expect(exit.CrashFile).To(BeEmpty())
}

func TestExitInOneLine(t *testing.T) {
	g := NewWithT(t)
	var none *Exit
	g.Expect(none.String()).To(Equal("still running"))
	g.Expect((&Exit{Took: 90 * time.Millisecond}).String()).To(Equal("exit code 0 after 0.09 s"))
	g.Expect((&Exit{Code: -1, Signal: syscall.SIGKILL, OOM: true, Took: 2 * time.Second}).String()).
		To(Equal("killed by SIGKILL (signal 9) for want of memory after 2.0 s"))
	g.Expect((&Exit{Code: -1, Signal: syscall.SIGKILL, Asked: true, Request: syscall.SIGTERM, Escalated: true, Grace: 5 * time.Second}).String()).
		To(Equal("ignored SIGTERM for 5.0 s and was killed"))
}

func TestPortStaysReservedUntilClose(t *testing.T) {
	g := NewWithT(t)
	b := ready(t)
	path := b.reserved.Lock()
	_, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(path).To(BeAnExistingFile())
	again := fake(t, serving(), Port(b.port)) // a restart on the same port, while it is ours
	g.Expect(again.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	g.Expect(b.Close()).To(Succeed())
	g.Expect(path).NotTo(BeAnExistingFile())
}
