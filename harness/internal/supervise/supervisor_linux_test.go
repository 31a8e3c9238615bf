package supervise_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/owner"
	"github.com/bgcheck/bgcheck/harness/internal/process"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/internal/supervise"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
	"github.com/bgcheck/bgcheck/harness/internal/testkit/live"
)

// hold opens a pidfd: from now on nothing else can be mistaken for pid.
func hold(t *testing.T, pid int) int {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	NewWithT(t).Expect(err).NotTo(HaveOccurred(), "process %d", pid)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// waitGone waits for the end of a process held by its pidfd.
func waitGone(t *testing.T, what string, fd int) {
	t.Helper()
	for {
		n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(testkit.Safety/time.Millisecond))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		NewWithT(t).Expect(err).NotTo(HaveOccurred())
		NewWithT(t).Expect(n).To(Equal(1), "%s still runs", what)
		return
	}
}

// otherHarness starts another program that uses the harness, and gives pidfds
// of its supervisor, its Blender, a child of that, and a setsid'ed grandchild.
func otherHarness(t *testing.T) (program *exec.Cmd, names []string, fds []int, dir string) {
	t.Helper()
	g := NewWithT(t)
	// Other bgcheck programs on this machine sweep the usual folder for themselves.
	t.Setenv("TMPDIR", t.TempDir())
	program = exec.Command("/proc/self/exe")
	program.Env = append(os.Environ(), asHarness+"="+testkit.Fake)
	program.Stderr = os.Stderr
	out, err := program.StdoutPipe()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(program.Start()).To(Succeed())
	t.Cleanup(func() { _ = program.Process.Kill(); _ = program.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	g.Expect(err).NotTo(HaveOccurred())
	numbers, dir, ok := strings.Cut(strings.TrimSpace(line), "] ")
	g.Expect(ok).To(BeTrue(), line)
	names = []string{"the supervisor", "Blender", "its child", "its setsid'ed grandchild"}
	for _, number := range strings.Fields(strings.TrimPrefix(numbers, "[")) {
		pid, err := strconv.Atoi(number)
		g.Expect(err).NotTo(HaveOccurred())
		fds = append(fds, hold(t, pid))
	}
	g.Expect(fds).To(HaveLen(4))
	return program, names, fds, dir
}

func TestNothingIsLeftWhenTheHarnessIsKilledWithSIGKILL(t *testing.T) {
	g := NewWithT(t)
	program, names, fds, dir := otherHarness(t)
	g.Expect(program.Process.Kill()).To(Succeed())
	for i, fd := range fds {
		waitGone(t, names[i], fd)
	}
	_ = program.Wait() // reap it: a zombie is dead too, but has a number
	g.Expect(dir).NotTo(BeADirectory(), "the supervisor removes the folder")
}

func TestSweepFindsWhatHarnessAndSupervisorBothKilledHaveLeft(t *testing.T) {
	program, names, fds, dir := otherHarness(t)
	g := NewWithT(t)
	// The supervisor first, stopped so that it cannot do its duty.
	g.Expect(unix.PidfdSendSignal(fds[0], unix.SIGSTOP, nil, 0)).To(Succeed())
	g.Expect(program.Process.Kill()).To(Succeed())
	_ = program.Wait()
	g.Expect(unix.PidfdSendSignal(fds[0], unix.SIGKILL, nil, 0)).To(Succeed())
	waitGone(t, names[0], fds[0])
	waitGone(t, names[1], fds[1]) // by PDEATHSIG
	g.Expect(dir).To(BeADirectory())
	owner.Sweep()
	waitGone(t, names[2], fds[2])
	waitGone(t, names[3], fds[3])
	g.Expect(dir).NotTo(BeADirectory(), "the next start sweeps the folder")
}

func TestSweepLeavesWhatHasALivingOwner(t *testing.T) {
	g := NewWithT(t)
	b := live.Ready(t, harness.Env("FAKE_CHILD", "setsid"))
	owner.Sweep()
	sample, err := b.Usage(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sample.Procs).To(HaveLen(2), "Blender and the grandchild that left its tree")
	g.Expect(b.Dir()).To(BeADirectory())
}

func TestSupervisorKilledIsAFaultOfTheMachine(t *testing.T) {
	g := NewWithT(t)
	b := live.Ready(t, harness.Env("FAKE_CHILD", "both"))
	var fds []int
	sample, err := b.Usage(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sample.Procs).To(HaveLen(3))
	for _, p := range sample.Procs {
		fds = append(fds, hold(t, p.PID))
	}
	g.Expect(supervisorOf(t, b).Kill()).To(Succeed())
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).To(MatchError(harness.ErrMachine))
	g.Expect(exit.Err).To(MatchError(harness.ErrMachine))
	g.Expect(exit.String()).To(ContainSubstring("the supervisor of Blender ended before Blender"))
	for i, fd := range fds {
		waitGone(t, sample.Procs[i].Command, fd)
	}
	_, err = b.Stop(testkit.Bounded(t))
	g.Expect(err).To(MatchError(harness.ErrMachine))
}

func TestSupervisorHeedsNoSignalOfTheTerminal(t *testing.T) {
	g := NewWithT(t)
	b := live.Ready(t)
	p := supervisorOf(t, b)
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE} {
		g.Expect(p.Signal(sig)).To(Succeed())
	}
	g.Expect(testkit.Ping(testkit.Bounded(t), live.Address(t, b))).To(Succeed())
	group, err := syscall.Getpgid(p.Pid)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(group).To(Equal(p.Pid), "it leads a group of its own")
	group, err = syscall.Getpgid(b.PID())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(group).To(Equal(b.PID()), "so does Blender")
	exit, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero())
}

func TestDescendantsThatOutliveBlenderAreListedAndKilled(t *testing.T) {
	for _, end := range []string{"exit", "crash"} {
		t.Run(end, func(t *testing.T) {
			g := NewWithT(t)
			option := harness.Env("FAKE_EXIT", "0")
			if end == "crash" {
				option = harness.Env("FAKE_CRASH", "segv")
			}
			b := live.Launch(t, harness.Env("FAKE_CHILD", "both"), option)
			exit, err := b.Wait(testkit.Bounded(t)) // the children hold the pipe: it must not be waited for
			g.Expect(err).NotTo(HaveOccurred())
			g.Expect(exit.Left).To(HaveLen(2))
			for _, p := range exit.Left {
				g.Expect(p.Command).To(ContainSubstring("fake-child-plain"))
				// Killed; init may not have taken its status yet.
				g.Eventually(func() uint64 { return process.Start(p.PID) }, testkit.Safety).Should(BeZero(), "process %d still runs", p.PID)
			}
			g.Expect(exit.String()).To(ContainSubstring("left running: "))
		})
	}
}

func TestChildThatEndsByItselfIsNotLeft(t *testing.T) {
	g := NewWithT(t)
	b := live.Launch(t, harness.Env("FAKE_CHILD", "brief"))
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Left).To(BeEmpty())
}

func TestTreeThatForksWhileItIsKilledIsKilledWhole(t *testing.T) {
	g := NewWithT(t)
	b := live.Ready(t, harness.Env("FAKE_CHILD", "spawner"))
	supervisor := supervisorOf(t, b).Pid
	g.Eventually(func() int {
		all, err := procfs.Descendants(supervisor)
		g.Expect(err).NotTo(HaveOccurred())
		return len(all)
	}, testkit.Safety).Should(BeNumerically(">", 10))
	_, err := b.Kill(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(marked(t, b.ID())).To(BeEmpty())
}

// marked lists the processes of one instance that run.
func marked(t *testing.T, id string) []int {
	t.Helper()
	found, err := owner.Marked(id)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return found
}

// supervisorOf is Blender's parent.
func supervisorOf(t *testing.T, b *harness.Blender) *os.Process {
	t.Helper()
	g := NewWithT(t)
	blender, err := procfs.Read(b.PID(), nil)
	g.Expect(err).NotTo(HaveOccurred())
	p, err := os.FindProcess(blender.PPID)
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { _ = p.Release() })
	return p
}

func TestKillWorksThoughTheSupervisorHangs(t *testing.T) {
	g := NewWithT(t)
	patience := *supervise.Patience
	*supervise.Patience = 10 * time.Millisecond
	defer func() { *supervise.Patience = patience }()
	b := live.Ready(t, harness.Env("FAKE_CHILD", "both"))
	g.Expect(marked(t, b.ID())).To(HaveLen(3))
	g.Expect(supervisorOf(t, b).Signal(syscall.SIGSTOP)).To(Succeed())
	_, err := b.Kill(testkit.Bounded(t))
	g.Expect(err).To(MatchError(harness.ErrMachine))
	g.Expect(marked(t, b.ID())).To(BeEmpty())
}

func TestSignalToABlenderThatIsStopped(t *testing.T) {
	g := NewWithT(t)
	b := live.Ready(t)
	g.Expect(b.Signal(testkit.Bounded(t), syscall.SIGSTOP)).To(Succeed())
	exit, err := b.Stop(testkit.Bounded(t), harness.StopGrace(10*time.Millisecond))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Escalated).To(BeTrue())
}

// What the harness adds to a start: supervisor, folders, pipes, the end.
func BenchmarkLaunch(b *testing.B) {
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			if err := exec.Command(testkit.Fake).Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("harness", func(b *testing.B) {
		for b.Loop() {
			p, err := harness.Launch(b.Context(), harness.On(harness.Local(testkit.Fake)))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.Wait(b.Context()); err != nil {
				b.Fatal(err)
			}
			_ = p.Close()
		}
	})
}

// What 1 GiB of log from another process costs: time, and the harness's own CPU
// and memory.
func BenchmarkPour(b *testing.B) {
	b.SetBytes(1 << 30)
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for b.Loop() {
		p, err := harness.Launch(b.Context(), harness.On(harness.Local(testkit.Fake)), harness.Env("FAKE_LOG_MIB", "1024"))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := p.Wait(b.Context()); err != nil {
			b.Fatal(err)
		}
		if size := p.Log().End(); size < 1<<30 {
			b.Fatalf("%d bytes of log", size)
		}
		_ = p.Close()
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	used := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	b.ReportMetric(used.Seconds()*1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(after.Maxrss)/1024, "max-MiB")
}

// Whatever Blender prints: the harness keeps a little of it.
func TestALongLogTakesLittleMemory(t *testing.T) {
	mib := os.Getenv("BGCHECK_TEST_LOG_MIB")
	if mib == "" {
		mib = "64"
	}
	for name, log := range map[string]struct{ line, mib string }{
		"lines":           {strings.Repeat("x", 63), mib},
		"empty lines":     {"", "8"}, // millions of them
		"lines of 64 KiB": {strings.Repeat("y", 1<<16), mib},
	} {
		t.Run(name, func(t *testing.T) {
			program := exec.Command("/proc/self/exe")
			program.Env = append(os.Environ(), asReader+"="+testkit.Fake, "FAKE_LOG_MIB="+log.mib, "FAKE_LOG_LINE="+log.line)
			out, err := program.CombinedOutput()
			var most, length int
			if _, scan := fmt.Sscan(string(out), &most, &length); err != nil || scan != nil {
				t.Fatalf("%v, %v: %s", err, scan, out)
			}
			t.Logf("figure: %s, %d MiB: at most %d MiB of memory", name, length>>20, most>>10)
			if most > 100_000_000>>10 {
				t.Errorf("a log of %d MiB took %d KiB of memory: more than 100 MB", length>>20, most)
			}
		})
	}
}

func BenchmarkSweep(b *testing.B) {
	for b.Loop() {
		owner.Sweep()
	}
}
