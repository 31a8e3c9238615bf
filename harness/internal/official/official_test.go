//go:build linux && amd64

package official

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// mirror is a server with a release 4.5.2 and a list of more.
type mirror struct {
	*httptest.Server
	archive []byte
	sum     string

	mu     sync.Mutex
	ranges []string // asked of the archive
	cut    int      // the next reply ends after so many bytes; 0: it does not
}

const program = "#!/bin/sh\necho Blender 4.5.2\n"

func newMirror(t *testing.T) *mirror {
	t.Helper()
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skip("there is no xz here")
	}
	folder := t.TempDir()
	inside := filepath.Join(folder, "blender-4.5.2-linux-x64")
	try(t, os.MkdirAll(inside, 0o755))
	try(t, os.WriteFile(filepath.Join(inside, "blender"), []byte(program), 0o755)) //nolint:gosec // it is run
	var random []byte
	for i := range 4000 {
		random = fmt.Appendf(random, "%x", sha256.Sum256([]byte{byte(i), byte(i >> 8)}))
	}
	try(t, os.WriteFile(filepath.Join(inside, "data"), random, 0o644))
	archive := filepath.Join(folder, "a.tar.xz")
	if said, err := exec.Command("tar", "-cJf", archive, "-C", folder, "blender-4.5.2-linux-x64").CombinedOutput(); err != nil { //nolint:gosec // our own paths
		t.Fatalf("%v: %s", err, said)
	}
	m := &mirror{}
	var err error
	m.archive, err = os.ReadFile(archive)
	try(t, err)
	m.sum = fmt.Sprintf("%x", sha256.Sum256(m.archive))
	mux := http.NewServeMux()
	mux.HandleFunc("/r/Blender4.5/{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<a href="blender-4.5.0-linux-x64.tar.xz">..<a href="blender-4.5.2-linux-x64.tar.xz">..<a href="blender-4.5.10-windows-x64.zip">`)
	})
	mux.HandleFunc("/r/Blender4.5/blender-4.5.2.sha256", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%s  blender-4.5.2-windows-x64.zip\n%s  blender-4.5.2-linux-x64.tar.xz\n", strings.Repeat("0", 64), m.sum)
	})
	mux.HandleFunc("/r/Blender4.5/blender-4.5.2-linux-x64.tar.xz", func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		m.ranges = append(m.ranges, r.Header.Get("Range"))
		cut := m.cut
		m.cut = 0
		m.mu.Unlock()
		if cut > 0 {
			w.Header().Set("Content-Length", fmt.Sprint(len(m.archive)))
			_, _ = w.Write(m.archive[:cut])
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(m.archive))
	})
	m.Server = httptest.NewServer(mux)
	m.Config.ErrorLog = nil
	t.Cleanup(m.Close)
	t.Setenv(MirrorVariable, m.URL+"/r/")
	t.Setenv(CacheVariable, filepath.Join(t.TempDir(), "cache"))
	return m
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// names are what lies in the cache.
func names(t *testing.T) string {
	t.Helper()
	entries, err := os.ReadDir(os.Getenv(CacheVariable))
	try(t, err)
	var list []string
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return strings.Join(list, " ")
}

func TestTheNewestReleaseIsFetchedOnceAndRuns(t *testing.T) {
	m := newMirror(t)
	var said bytes.Buffer
	path, err := Get(t.Context(), Request{Version: "4.5", Progress: &said})
	try(t, err)
	text, err := exec.Command(path).Output() //nolint:gosec // the test's own
	if err != nil || string(text) != "Blender 4.5.2\n" {
		t.Errorf("%s: %q %v", path, text, err)
	}
	if !strings.Contains(said.String(), "fetching blender-4.5.2-linux-x64.tar.xz: ") || names(t) != "blender-4.5.2-linux-x64" {
		t.Errorf("said %q, and the cache has %s", said.String(), names(t))
	}
	m.Close() // from now on there is no network
	for _, version := range []string{"4.5", "4.5.2"} {
		again, err := Get(t.Context(), Request{Version: version})
		if err != nil || again != path {
			t.Errorf("%s is %q: %v", version, again, err)
		}
	}
}

func TestAFetchThatBreaksOffIsGoneOnWith(t *testing.T) {
	m := newMirror(t)
	m.cut = 1000
	_, err := Get(t.Context(), Request{Version: "4.5.2"})
	try(t, err)
	if got := strings.Join(m.ranges, ","); got != ",bytes=1000-" {
		t.Errorf("the archive was asked for in ranges %q", got)
	}
}

func TestWhatAKilledProcessHasFetchedIsGoneOnWith(t *testing.T) {
	m := newMirror(t)
	cache := os.Getenv(CacheVariable)
	try(t, os.MkdirAll(filepath.Join(cache, ".new-4.5.2-999999999"), 0o755))
	try(t, os.WriteFile(filepath.Join(cache, "blender-4.5.2-linux-x64.tar.xz.part-999999999"), m.archive[:5000], 0o644))
	_, err := Get(t.Context(), Request{Version: "4.5"})
	try(t, err)
	if got := strings.Join(m.ranges, ","); got != "bytes=5000-" || names(t) != "blender-4.5.2-linux-x64" {
		t.Errorf("asked for %q, and the cache has %s", got, names(t))
	}
}

func TestWhatIsInterruptedIsNeverHalfInstalled(t *testing.T) {
	m := newMirror(t)
	m.cut = 3000
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Get(ctx, Request{Version: "4.5", Progress: cancelling{cancel}})
	if err == nil || names(t) != "blender-4.5.2-linux-x64.tar.xz.part" {
		t.Errorf("%v, and the cache has %s", err, names(t))
	}
}

// cancelling ends a context when something is said.
type cancelling struct{ cancel func() }

func (c cancelling) Write(p []byte) (int, error) {
	c.cancel()
	return len(p), nil
}

func TestAnArchiveThatIsNotWhatTheListSaysIsNotUnpacked(t *testing.T) {
	m := newMirror(t)
	m.sum = strings.Repeat("1", 64)
	_, err := Get(t.Context(), Request{Version: "4.5"})
	if !errors.Is(err, errSum) || !errors.Is(err, fault.ErrMachine) || names(t) != "" {
		t.Errorf("%v, and the cache has %q", err, names(t))
	}
}

func TestWithoutANetworkItSaysWhatToDo(t *testing.T) {
	newMirror(t).Close()
	_, err := Get(t.Context(), Request{Version: "4.5"})
	if err == nil || !errors.Is(err, fault.ErrMachine) {
		t.Fatal(err)
	}
	for _, want := range []string{"Blender 4.5", "not in the cache", "--blender PATH", MirrorVariable} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestAReleaseThatTheMirrorLacksIsSaid(t *testing.T) {
	newMirror(t)
	for version, want := range map[string]string{"4.6": "404", "4.5.9": "404", "5.0": "404"} {
		if _, err := Get(t.Context(), Request{Version: version}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", version, err)
		}
	}
}

func TestVersionsAreToldFromPaths(t *testing.T) {
	for text, want := range map[string]bool{"4.5": true, "4.5.2": true, "4": false, "blender": false, "./4.5": false, "blender-4.5": false, "": false} {
		if IsVersion(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	if newer("4.5.10", "4.5.9") >= 0 {
		t.Error("4.5.10 is not newer than 4.5.9")
	}
}
