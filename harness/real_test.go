package harness_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
	"github.com/bgcheck/bgcheck/harness/internal/testkit/live"
)

// needBlender is the real Blender, or skips; with BGCHECK_REQUIRE_BLENDER=1 a
// missing one fails.
func needBlender(t *testing.T) harness.Backend {
	t.Helper()
	return live.Need(t, harness.Local, "BGCHECK_REQUIRE_BLENDER")
}

// echoScript serves one JSON object a connection on the main thread.
const echoScript = `
import bpy, json, os, signal, socket, sys, threading
signal.signal(signal.SIGTERM, lambda *a: sys.exit(0))
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("127.0.0.1", int(sys.argv[sys.argv.index("--") + 1])))
server.listen(8)
print("objects:", len(bpy.data.objects), "scripts:", bpy.utils.user_resource("SCRIPTS"), flush=True)
while True:
    connection, _ = server.accept()
    request = json.loads(connection.recv(65536).decode())
    connection.sendall(json.dumps(request).encode())
    connection.close()
`

const helloAddon = `
bl_info = {"name": "hello", "blender": (2, 83, 0), "category": "Development"}
def register():
    print("hello registered", flush=True)
def unregister():
    print("hello unregistered", flush=True)
`

func TestRealBlenderFromLaunchToStop(t *testing.T) {
	backend := needBlender(t)
	g := NewWithT(t)
	b := live.Launch(t, harness.On(backend), harness.Addon(testkit.File(t, "hello.py", helloAddon), "hello"),
		harness.Script(testkit.File(t, "serve.py", echoScript), "{port}"))
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	g.Expect(b.Log().Tail(50)).To(ContainElements("hello registered",
		"objects: 3 scripts: "+filepath.Join(b.Dir(), "profile/scripts")))
	sample, err := b.Usage(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sample.RSS).To(BeNumerically(">", 50<<20))
	exit, err := b.Stop(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero(), "%v\n%v", exit, exit.Tail)
	g.Expect(exit.Left).To(BeEmpty())
	g.Expect(b.Log().Tail(50)).To(ContainElement("hello unregistered"))
	g.Expect(b.ReadScratch(testkit.Bounded(t), "witness.jsonl")).To(ContainSubstring(`"unregister"`))
	t.Logf("ready after %s, %s", b.ReadyAfter(), exit)
}

func TestRealBlenderThatCrashesNamesItsFile(t *testing.T) {
	backend := needBlender(t)
	g := NewWithT(t)
	b := live.Launch(t, harness.On(backend), harness.Script(testkit.File(t, "crash.py", "import os\nos.kill(os.getpid(), 11)\n")))
	err := b.WaitReady(testkit.Bounded(t), testkit.Ping)
	g.Expect(err).To(MatchError(harness.ErrEnded))
	exit := b.Exit()
	g.Expect(exit.Signal).To(Equal(syscall.SIGSEGV))
	g.Expect(os.ReadFile(exit.CrashFile)).To(ContainSubstring("backtrace"))
}

func TestRealBlenderWhoseScriptReturns(t *testing.T) {
	backend := needBlender(t)
	g := NewWithT(t)
	b := live.Launch(t, harness.On(backend), harness.Script(testkit.File(t, "return.py", "print('done')\n")))
	err := b.WaitReady(testkit.Bounded(t), testkit.Ping)
	g.Expect(err).To(MatchError(harness.ErrEnded))
	g.Expect(b.Exit().Code).To(BeZero())
	g.Expect(b.Exit().Tail).To(ContainElements("done", "Blender quit"))
}
