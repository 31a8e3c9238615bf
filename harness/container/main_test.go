package container

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness"
)

// The tests need a container engine; without one they are skipped, or fail when
// BGCHECK_REQUIRE_DOCKER is 1. They make two small images of the program in
// testdata/guest: one from nothing, where there is no Python and so no launcher,
// and one on top of one of our images.

func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) != "" {
		os.Exit(playRole())
	}
	status := m.Run()
	if images.made {
		if e, err := connect(context.Background()); err == nil {
			for _, image := range []string{images.plain, images.bare, images.full} {
				_, _ = e.api.ImageRemove(context.Background(), image, client.ImageRemoveOptions{Force: true, PruneChildren: true})
			}
		}
	}
	os.Exit(status)
}

var images struct {
	once              sync.Once
	made              bool
	plain, bare, full string
	err               error
}

// lack skips a test, or fails it where that is asked for.
func lack(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("BGCHECK_REQUIRE_DOCKER") == "1" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

func needEngine(t *testing.T) *engine {
	t.Helper()
	e, err := connect(t.Context())
	if err != nil {
		lack(t, "no container engine: %v", err)
	}
	return e
}

// plain is the guest alone, bare the same with a label that tells that there is no
// Python, full the guest on one of our images.
func plain(t *testing.T) string { return guest(t, func() string { return images.plain }) }

func bare(t *testing.T) string { return guest(t, func() string { return images.bare }) }

func full(t *testing.T) string {
	image := guest(t, func() string { return images.full })
	if image == "" {
		lack(t, "none of the images bgcheck/blender:* is here: build one with docker/build.sh 3.4")
	}
	return image
}

func guest(t *testing.T, which func() string) string {
	t.Helper()
	e := needEngine(t)
	images.once.Do(func() { images.err = makeImages(e) })
	if images.err != nil {
		t.Fatal(images.err)
	}
	return which()
}

func makeImages(e *engine) error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "bgcheck-guest-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "blender")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, "./testdata/guest")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build the guest: %w\n%s", err, out)
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	images.made = true
	images.plain = fmt.Sprintf("bgcheck-test/plain:%d", os.Getpid())
	images.bare = fmt.Sprintf("bgcheck-test/bare:%d", os.Getpid())
	for image, changes := range map[string][]string{
		images.plain: {"ENV PATH=/usr/bin"},
		images.bare:  {"ENV PATH=/usr/bin", "LABEL bgcheck.python="},
	} {
		source := client.ImageImportSource{Source: archive(entry{"usr/bin/blender", 0o755, data}), SourceName: "-"}
		imported, err := e.api.ImageImport(ctx, source, image, client.ImageImportOptions{Changes: changes})
		if err != nil {
			return fmt.Errorf("import the guest: %w", err)
		}
		if _, err := io.Copy(io.Discard, imported); err != nil {
			return err
		}
	}
	for _, version := range []string{"3.4", "4.3", "5.2", "2.83"} {
		base := ownImages + version
		if _, err := e.api.ImageInspect(ctx, base); err != nil {
			continue
		}
		images.full = fmt.Sprintf("bgcheck-test/full:%d", os.Getpid())
		file := "FROM " + base + "\nCOPY blender /guest/blender\nLABEL bgcheck.executable=/guest/blender org.opencontainers.image.version=9.8.7\n"
		built, err := e.api.ImageBuild(ctx, archive(entry{"Dockerfile", 0o644, []byte(file)}, entry{"blender", 0o755, data}),
			client.ImageBuildOptions{Tags: []string{images.full}, ForceRemove: true})
		if err != nil {
			return fmt.Errorf("build the guest's image: %w", err)
		}
		_, err = io.Copy(io.Discard, built.Body)
		return err
	}
	return nil
}

type entry struct {
	name string
	mode int64
	data []byte
}

func archive(entries ...entry) io.Reader {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		_ = w.WriteHeader(&tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.data))})
		_, _ = w.Write(e.data)
	}
	_ = w.Close()
	return &b
}

// vars are variables for the guest.
type vars map[string]string

// launch starts a guest whose life ends with the test.
func launch(t *testing.T, b *Backend, v vars, options ...harness.Option) *harness.Blender {
	t.Helper()
	options = append(options, harness.On(b))
	for name, value := range v {
		options = append(options, harness.Env(name, value))
	}
	run, err := harness.Launch(t.Context(), options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := run.Close(); err != nil {
			t.Error(err)
		}
	})
	return run
}

// patience is a safety net, nothing that a test measures.
const patience = 60 * time.Second

func wait(t *testing.T, run *harness.Blender) *harness.Exit {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	exit, err := run.Wait(ctx)
	if exit == nil {
		t.Fatalf("it did not end: %v", err)
	}
	if exit.Err != nil {
		t.Fatal(exit.Err)
	}
	return exit
}

func line(t *testing.T, run *harness.Blender, pattern string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	groups, err := run.Log().Wait(ctx, 0, regexp.MustCompile(pattern))
	if err != nil {
		t.Fatalf("no line %q: %v; the log: %s", pattern, err, strings.Join(run.Log().Tail(20), "\n"))
	}
	return groups
}

// ping asks for the guest's reply.
func ping(ctx context.Context, address string) error {
	c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = c.SetDeadline(deadline)
	}
	reply, err := io.ReadAll(c)
	if err == nil && string(reply) != "pong" {
		err = errors.New("no pong")
	}
	return err
}
