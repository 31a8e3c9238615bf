package window

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
	"github.com/bgcheck/bgcheck/harness/internal/testkit/live"
)

// needWindow is the real Blender in a window, or skips; with
// BGCHECK_REQUIRE_XVFB=1 what is missing fails.
func needWindow(t *testing.T) harness.Backend {
	t.Helper()
	return live.Need(t, New, "BGCHECK_REQUIRE_XVFB")
}

// windowScript serves by a timer, as launch.py does: it echoes, and ends on SIGTERM.
const windowScript = `
import bpy, signal, socket, sys
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
server = socket.socket()
server.bind(("127.0.0.1", int(sys.argv[sys.argv.index("--") + 1])))
server.listen(8)
server.setblocking(False)
def tick():
    try:
        connection, _ = server.accept()
    except BlockingIOError:
        return 0.01
    connection.setblocking(True)
    connection.sendall(connection.recv(65536))
    connection.close()
    return 0.01
bpy.app.timers.register(tick)
print("background:", bpy.app.background, flush=True)
`

func TestRealBlenderInAWindow(t *testing.T) {
	backend := needWindow(t)
	g := NewWithT(t)
	b := live.Launch(t, harness.On(backend), harness.Script(testkit.File(t, "serve.py", windowScript), "{port}"))
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	g.Expect(b.Log().Tail(50)).To(ContainElement("background: False"))
	g.Expect(b.Command()).To(ContainSubstring("xvfb-run"))
	sample, err := b.Usage(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	var names []string
	for _, p := range sample.Procs {
		names = append(names, p.Name)
	}
	g.Expect(slices.Contains(names, "Xvfb")).To(BeTrue(), "%v", names)
	exit, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero(), "%v\n%v", exit, exit.Tail)
	g.Expect(exit.Left).To(BeEmpty(), "the X server ends with Blender")
	g.Expect(socketOf(t, b)).NotTo(BeAnExistingFile())
	t.Logf("ready after %s, %s", b.ReadyAfter(), exit)
}

func TestNothingOfAWindowIsLeftWhenItsBlenderIsKilled(t *testing.T) {
	backend := needWindow(t)
	g := NewWithT(t)
	b := live.Launch(t, harness.On(backend), harness.Script(testkit.File(t, "serve.py", windowScript), "{port}"))
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	g.Expect(b.Signal(testkit.Bounded(t), syscall.SIGKILL)).To(Succeed())
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred(), "a killed Blender is no fault of the machine")
	g.Expect(exit.Signal).To(Equal(syscall.SIGKILL))
	g.Expect(exit.Left).To(BeEmpty())
	g.Expect(socketOf(t, b)).NotTo(BeAnExistingFile())
}

func socketOf(t *testing.T, b *harness.Blender) string {
	t.Helper()
	number, err := os.ReadFile(filepath.Join(b.Dir(), "run", "display.txt"))
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return "/tmp/.X11-unix/X" + strings.TrimSpace(string(number))
}

func needLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the backend window works on Linux alone")
	}
}

func TestAWindowWithoutXvfbSaysHowToGetIt(t *testing.T) {
	needLinux(t)
	g := NewWithT(t)
	t.Setenv("PATH", t.TempDir())
	_, err := New(testkit.Fake).Info(testkit.Bounded(t))
	g.Expect(err).To(MatchError(harness.ErrMachine))
	g.Expect(err).To(MatchError(ContainSubstring("apt-get install --no-install-recommends xvfb")))
	g.Expect(err.Error()).NotTo(ContainSubstring("\n"))
	_, err = harness.Launch(testkit.Bounded(t), harness.On(New(testkit.Fake)))
	g.Expect(err).To(MatchError(harness.ErrMachine))
}

// xvfb puts a stand-in for Xvfb first in PATH.
func xvfb(t *testing.T, script string) {
	t.Helper()
	sh, err := exec.LookPath("sh")
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	path := testkit.File(t, "Xvfb", "#!"+sh+"\n"+script)
	NewWithT(t).Expect(os.Chmod(path, 0o755)).To(Succeed())
	t.Setenv("PATH", filepath.Dir(path)+":"+os.Getenv("PATH"))
}

func TestAnXServerThatDoesNotStartIsAFaultOfTheMachine(t *testing.T) {
	needLinux(t)
	g := NewWithT(t)
	xvfb(t, "echo no memory for a screen\nexit 1\n")
	b := live.Launch(t, harness.On(New(testkit.Fake)), live.Serving())
	err := b.WaitReady(testkit.Bounded(t), testkit.Ping)
	g.Expect(err).To(MatchError(harness.ErrMachine))
	g.Expect(err).To(MatchError(ContainSubstring("no memory for a screen")))
}

func TestBlenderIsTheProcessThatTheWindowWasOpenedFor(t *testing.T) {
	needLinux(t)
	g := NewWithT(t)
	xvfb(t, "echo 4711 >&3\nexec sleep 1000\n")
	b := live.Launch(t, harness.On(New(testkit.Fake)), live.Serving(), harness.Env("FAKE_DUMP", "{scratch}/dump.json"))
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	exe, err := os.Readlink("/proc/" + strconv.Itoa(b.PID()) + "/exe")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exe).To(Equal(testkit.Fake))
	dump, err := b.ReadScratch(testkit.Bounded(t), "dump.json")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(dump)).To(And(ContainSubstring(":4711"), ContainSubstring("-noaudio"), Not(ContainSubstring("--background"))))
	exit, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero())
	g.Expect(exit.Left).To(BeEmpty())
}
