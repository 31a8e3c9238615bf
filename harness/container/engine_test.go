package container

import (
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/moby/moby/client"
)

// remote makes the engine reachable by TCP, as one on another machine is, and
// returns its address.
func remote(t *testing.T, e *engine) string {
	t.Helper()
	socket, ok := strings.CutPrefix(e.api.DaemonHost(), "unix://")
	if !ok {
		t.Skip("the engine is not behind a socket")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go relay(c.(*net.TCPConn), socket)
		}
	}()
	return "tcp://" + l.Addr().String()
}

// relay joins two connections, half-closes included.
func relay(c *net.TCPConn, socket string) {
	far, err := net.Dial("unix", socket)
	if err != nil {
		_ = c.Close()
		return
	}
	unix := far.(*net.UnixConn)
	back := make(chan struct{})
	go func() {
		defer close(back)
		_, _ = io.Copy(c, unix)
		_ = c.CloseWrite()
	}()
	_, _ = io.Copy(unix, c)
	_ = unix.CloseWrite()
	<-back
	_ = c.Close()
	_ = unix.Close()
}

// part runs this test program again for one test, in another environment.
func part(t *testing.T, test string, environment ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^"+test+"$", "-test.count=1", "-test.v")
	cmd.Env = append(os.Environ(), environment...)
	return cmd
}

func TestAnEngineReachedByTCPServesAsWell(t *testing.T) {
	e := needEngine(t)
	full(t)
	out, err := part(t, "TestFilesAreReadWhileItRunsAndCopiedOutAtTheEnd", "DOCKER_HOST="+remote(t, e)).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "PASS") || strings.Contains(string(out), "SKIP") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWhereThePublishedPortsAre(t *testing.T) {
	e := needEngine(t)
	for name, c := range map[string]struct{ override, host, bind string }{
		"an engine on this machine, whether or not there is a /.dockerenv": {"", e.host, e.bind.String()},
		"a host that was named":     {"engine.example", "engine.example", "0.0.0.0"},
		"loopback, as it was named": {"localhost", "localhost", "127.0.0.1"},
	} {
		t.Setenv(hostVariable, c.override)
		found := engine{provider: e.provider, api: e.api}
		if err := found.findHost(t.Context()); err != nil {
			t.Fatal(err)
		}
		if found.host != c.host || found.bind.String() != c.bind {
			t.Errorf("%s: at %s, published on %s; want %s and %s", name, found.host, found.bind, c.host, c.bind)
		}
	}
}

// In a container beside those that it starts, the harness reaches the ports at
// its gateway, where they are published.
func TestFromInsideAContainerThePortsAreReachedToo(t *testing.T) {
	e := needEngine(t)
	socket, ok := strings.CutPrefix(e.api.DaemonHost(), "unix://")
	if _, err := exec.LookPath("docker"); err != nil || !ok {
		t.Skip("this test starts the test program in a container with the docker command, and the engine's socket in it")
	}
	image := full(t)
	program := t.TempDir() + "/container.test"
	build := exec.CommandContext(t.Context(), "go", "test", "-c", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	name := "bgcheck-test-inside"
	_, _ = e.api.ContainerRemove(ctx, name, client.ContainerRemoveOptions{Force: true})
	out, err := exec.CommandContext(ctx, "docker", "run", "--rm", "--name", name, "--user", "0", "--volume", socket+":"+socket,
		"--volume", program+":/container.test:ro", "--env", roleVariable+"=inside "+image, image, "/container.test").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "pong from ") || strings.Contains(string(out), "pong from 127.") {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
