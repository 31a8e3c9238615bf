// Package testkit is what the tests of the harness and of its backends share:
// the fake Blender, built once a test binary, and what talks to it.
//
//	func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }
//
//	b, err := harness.Launch(testkit.Bounded(t), harness.On(harness.Local(testkit.Fake)))
package testkit

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
	"testing"
	"time"
)

// Fake is the path of the built fixtures/fakeblender.
var Fake string

// Real is the Blender that the user has named, if any.
var Real string

// Safety is no budget: it ends a test that would hang.
const Safety = 60 * time.Second

const executable = "BGCHECK_BLENDER"

// Main builds the fake Blender and runs the tests.
func Main(m *testing.M) int {
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
	Fake = filepath.Join(dir, "blender")
	build := exec.Command("go", "build", "-o", Fake, "github.com/bgcheck/bgcheck/fixtures/fakeblender")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Printf("build the fake Blender: %v\n%s", err, output)
		return 1
	}
	// Examples use the default; tests of the default set it themselves.
	Real = os.Getenv(executable)
	if err := os.Setenv(executable, Fake); err != nil {
		fmt.Println(err)
		return 1
	}
	return m.Run()
}

// Bounded is a context for one test.
func Bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), Safety)
	t.Cleanup(cancel)
	return ctx
}

// Ping sends one request and wants its echo.
func Ping(ctx context.Context, address string) error {
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

// File writes a file for a test and returns its path.
func File(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
