package harness

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

// fakeBlender is the path of the built fixtures/fakeblender; realBlender is what
// the user has named, if anything.
var fakeBlender, realBlender string

// safety is no budget: it ends a test that would hang.
const safety = 60 * time.Second

func TestMain(m *testing.M) {
	if os.Getenv(asHarness) != "" {
		os.Exit(runAsHarness())
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	if runtime.GOOS == "windows" {
		fmt.Println("skip: the fake Blender needs Unix")
		return 0
	}
	dir, err := os.MkdirTemp("", "fakeblender-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fakeBlender = filepath.Join(dir, "blender")
	build := exec.Command("go", "build", "-o", fakeBlender, "../fixtures/fakeblender")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Printf("build the fake Blender: %v\n%s", err, output)
		return 1
	}
	// Examples use the default; tests of the default set it themselves.
	realBlender = os.Getenv(ExecutableVariable)
	if err := os.Setenv(ExecutableVariable, fakeBlender); err != nil {
		fmt.Println(err)
		return 1
	}
	return m.Run()
}

// bounded is a context for one test.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), safety)
	t.Cleanup(cancel)
	return ctx
}

// fake launches the fake Blender; NAME=VALUE pairs tell it what to do. It is
// closed at the end of the test.
func fake(t *testing.T, options ...Option) *Blender {
	t.Helper()
	g := NewWithT(t)
	b, err := Launch(bounded(t), append([]Option{On(Local(fakeBlender))}, options...)...)
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(b.Close()).To(Succeed()) })
	return b
}

// serving is what makes the fake Blender serve on the reserved port.
func serving() Option { return Env("FAKE_PORT", "{port}") }

// ping sends one request and wants its echo.
func ping(ctx context.Context, address string) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	defer context.AfterFunc(ctx, func() { _ = c.SetDeadline(time.Now()) })()
	if _, err := io.WriteString(c, `{"message": "ping"}`+"\n"); err != nil {
		return err
	}
	data, err := io.ReadAll(c)
	if ctx.Err() != nil {
		return fmt.Errorf("read reply: %w", ctx.Err())
	} else if err != nil {
		return fmt.Errorf("read reply: %w", err)
	}
	var reply struct{ Message string }
	if err := json.Unmarshal(data, &reply); err != nil {
		return fmt.Errorf("read reply %q: %w", data, err)
	}
	if reply.Message != "ping" {
		return errors.New("the reply is not the echo")
	}
	return nil
}

// dumped is what the fake Blender says of its own birth.
type dumped struct {
	Args     []string
	Env      []string
	Dir      string
	Stdin    string
	Blocking bool
	Ignored  string
}

func readDump(t *testing.T, file string) dumped {
	t.Helper()
	g := NewWithT(t)
	data, err := os.ReadFile(file)
	g.Expect(err).NotTo(HaveOccurred())
	var d dumped
	g.Expect(json.Unmarshal(data, &d)).To(Succeed())
	return d
}

// file writes a file for a test and returns its path.
func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	NewWithT(t).Expect(os.WriteFile(path, []byte(content), 0o644)).To(Succeed())
	return path
}

func mustAddress(t *testing.T, b *Blender) string {
	t.Helper()
	address, err := b.Address(bounded(t))
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	return address
}

// asHarness makes the test binary a program that uses the harness; its value is
// the fake Blender's path.
const asHarness = "BGCHECK_TEST_AS_HARNESS"

// runAsHarness launches the fake Blender with children, prints the PIDs of the
// whole tree, and waits for ever.
func runAsHarness() int {
	b, err := Launch(context.Background(), On(Local(os.Getenv(asHarness))),
		Env("FAKE_CHILD", "both"), Env("FAKE_SIGNALS", "term"), serving())
	if err == nil {
		err = b.WaitReady(context.Background(), ping) // the children are there before the service
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	pids := []int{b.proc.(*localProcess).supervisor.Process.Pid, b.PID()}
	lines, _, err := b.Log().Since(0)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for _, line := range lines {
		if number, ok := strings.CutPrefix(line, "child "); ok {
			pid, _ := strconv.Atoi(number)
			pids = append(pids, pid)
		}
	}
	fmt.Println(pids, b.Dir())
	select {}
}
