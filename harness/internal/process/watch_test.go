package process

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

// child is a process that ends when stop is called.
func child(t *testing.T) (pid int, stop func()) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the child needs Unix")
	}
	g := NewWithT(t)
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(cmd.Start()).To(Succeed())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd.Process.Pid, func() { _ = in.Close(); _ = cmd.Wait() }
}

func TestEndOfAnotherProcessIsTold(t *testing.T) {
	for how, watch := range map[string]func(int, func()) (func(), error){"by the system": WhenEnded, "by looking": look} {
		t.Run(how, func(t *testing.T) {
			g := NewWithT(t)
			pid, end := child(t)
			ended := make(chan struct{})
			stop, err := watch(pid, func() { close(ended) })
			g.Expect(err).NotTo(HaveOccurred())
			g.Consistently(ended, 10*time.Millisecond).ShouldNot(BeClosed())
			end()
			g.Eventually(ended, time.Minute).Should(BeClosed())
			stop()
			stop()
			_, err = watch(pid, func() {})
			g.Expect(err).To(HaveOccurred(), "it has ended")
		})
	}
}

func TestWatchThatIsStoppedTellsNothing(t *testing.T) {
	for how, watch := range map[string]func(int, func()) (func(), error){"by the system": WhenEnded, "by looking": look} {
		t.Run(how, func(t *testing.T) {
			g := NewWithT(t)
			pid, end := child(t)
			told := false
			stop, err := watch(pid, func() { told = true })
			g.Expect(err).NotTo(HaveOccurred())
			stop()
			end()
			g.Expect(told).To(BeFalse())
		})
	}
}

func TestThisProcessSharesItsFilesWithItself(t *testing.T) {
	g := NewWithT(t)
	g.Expect(SharesFiles(0)).To(MatchError(ErrNoPID))
	if runtime.GOOS == "linux" {
		g.Expect(SharesFiles(os.Getpid())).To(Succeed())
	}
	g.Expect(Runs(os.Getpid(), Start(os.Getpid()))).To(BeTrue())
}
