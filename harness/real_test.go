package harness

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	. "github.com/onsi/gomega"
)

// needBlender is the real Blender, or skips; with BGCHECK_REQUIRE_BLENDER=1 a
// missing one fails.
func needBlender(t *testing.T) Backend {
	t.Helper()
	return need(t, Local, "BGCHECK_REQUIRE_BLENDER")
}

// need is a backend of the real Blender, or skips; when the variable is 1, what is
// missing fails.
func need(t *testing.T, backend func(string) Backend, variable string) Backend {
	t.Helper()
	given := realBlender
	if given == "" {
		given = "blender"
	}
	found := backend(given)
	info, err := found.Info(bounded(t))
	if err != nil && os.Getenv(variable) == "1" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	t.Logf("Blender %s, %s", info.Version, info.Path)
	return found
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
	b := fake(t, On(backend), Addon(file(t, "hello.py", helloAddon), "hello", true),
		Script(file(t, "serve.py", echoScript), "{port}"))
	g.Expect(b.WaitReady(bounded(t), ping)).To(Succeed())
	g.Expect(b.Log().Tail(50)).To(ContainElements("hello registered",
		"objects: 3 scripts: "+filepath.Join(b.Dir(), "profile/scripts")))
	sample, err := b.Usage(bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(sample.RSS).To(BeNumerically(">", 50<<20))
	exit, err := b.Stop(bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero(), "%v\n%v", exit, exit.Tail)
	g.Expect(exit.Left).To(BeEmpty())
	g.Expect(b.Log().Tail(50)).To(ContainElement("hello unregistered"))
	g.Expect(b.ReadScratch(bounded(t), "witness.jsonl")).To(ContainSubstring(`"unregister"`))
	t.Logf("ready after %s, %s", b.ReadyAfter(), exit)
}

func TestRealBlenderThatCrashesNamesItsFile(t *testing.T) {
	backend := needBlender(t)
	g := NewWithT(t)
	b := fake(t, On(backend), Script(file(t, "crash.py", "import os\nos.kill(os.getpid(), 11)\n")))
	err := b.WaitReady(bounded(t), ping)
	g.Expect(err).To(MatchError(ErrEnded))
	exit := b.Exit()
	g.Expect(exit.Signal).To(Equal(syscall.SIGSEGV))
	g.Expect(os.ReadFile(exit.CrashFile)).To(ContainSubstring("backtrace"))
}

func TestRealBlenderWhoseScriptReturns(t *testing.T) {
	backend := needBlender(t)
	g := NewWithT(t)
	b := fake(t, On(backend), Script(file(t, "return.py", "print('done')\n")))
	err := b.WaitReady(bounded(t), ping)
	g.Expect(err).To(MatchError(ErrEnded))
	g.Expect(b.Exit().Code).To(BeZero())
	g.Expect(b.Exit().Tail).To(ContainElements("done", "Blender quit"))
}
