package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// Run is one run's place in the out folder: OUT/runs/RUN. It holds the run's own
// report, the parts that it was made from, and what belongs to its instances.
type Run struct {
	// ID as RunID gives it.
	ID string
	// Out is the absolute path of the out folder.
	Out string
	// Others are the owners' process ids of other runs that use the same out
	// folder now. Each has its own report in Dir; in Out is that of the last to end.
	Others []int
}

// marker is OUT/runs/RUN/run.json. A folder without one is not ours, and is
// never removed.
type marker struct {
	Run   string `json:"run"`
	Owner int    `json:"owner"`
	// Born tells the owner from a later process with the same id.
	Born string `json:"born"`
}

const markerName = "run.json"

// RunID identifies the run this process belongs to: $BGCHECK_RUN when set,
// else the parent's process id and start time. The parent is the ginkgo
// command or go test, and the same for all suites that it starts.
func RunID() string {
	if id := os.Getenv("BGCHECK_RUN"); id != "" {
		return fileName(id)
	}
	ppid := os.Getppid()
	if born := procfs.Born(ppid); born != "" {
		return fmt.Sprintf("%d-%s", ppid, born)
	}
	return strconv.Itoa(ppid)
}

var unfitForFile = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// fileName turns a name into one that is safe as a single path element.
func fileName(name string) string {
	name = strings.TrimLeft(unfitForFile.ReplaceAllString(name, "_"), ".")
	if name == "" {
		return "_"
	}
	return name[:min(len(name), 100)]
}

// Begin makes the run's folder below out, and removes the folders of older runs
// but the last few, and those whose owner still lives. All suites of a run call
// it, in any order, also at the same time. It fails when out cannot be written to.
//
// The owner is the process that $BGCHECK_OWNER names, else the parent.
func Begin(out, id string) (*Run, error) {
	owner := os.Getppid()
	if pid, err := strconv.Atoi(os.Getenv("BGCHECK_OWNER")); err == nil && pid > 0 {
		owner = pid
	}
	return begin(out, id, owner)
}

// BeginOwn is Begin for a program that judges by itself: the run is this
// process's alone, and $BGCHECK_RUN may name it.
func BeginOwn(out string) (*Run, error) {
	id := fmt.Sprintf("%s-%d", time.Now().Format("20060102-150405"), os.Getpid())
	if given := os.Getenv("BGCHECK_RUN"); given != "" {
		id = fileName(given)
	}
	return begin(out, id, os.Getpid())
}

func begin(out, id string, owner int) (*Run, error) {
	abs, err := filepath.Abs(out)
	if err != nil {
		return nil, fmt.Errorf("make out folder: %w", err)
	}
	run := &Run{ID: id, Out: abs}
	data, err := json.Marshal(marker{Run: id, Owner: owner, Born: procfs.Born(owner)})
	if err != nil {
		return nil, fmt.Errorf("mark run: %w", err)
	}
	if err := run.write(filepath.Join(run.Dir(), markerName), data); err != nil {
		return nil, fmt.Errorf("write to the out folder %s: %w", abs, err)
	}
	// A merged file that may be read but not replaced would go unnoticed for long.
	for _, name := range mergedNames {
		if info, err := os.Lstat(filepath.Join(abs, name)); err == nil && info.IsDir() {
			return nil, fmt.Errorf("write to the out folder: %s is a folder", filepath.Join(abs, name))
		}
	}
	return run, run.sweep()
}

// Dir is the run's own folder, OUT/runs/RUN. What belongs to the run's instances
// goes there too. It stays until a few more runs have ended.
func (r *Run) Dir() string { return filepath.Join(r.Out, "runs", r.ID) }

func (r *Run) partsDir() string { return filepath.Join(r.Dir(), "parts") }

// First is true for the first of the run's processes that asks with this text,
// and for it alone: so that what concerns all of them is said once.
func (r *Run) First(text string) bool {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, text)
	f, err := os.OpenFile(filepath.Join(r.Dir(), fmt.Sprintf("said-%x", hash.Sum64())), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return !errors.Is(err, fs.ErrExist)
	}
	f.Close()
	return true
}

// write replaces path by data at once: a reader sees the old or the new file,
// whole. The temporary file lies in the run's folder, on the same file system; an
// error does not name it.
func (r *Run) write(path string, data []byte) error {
	for attempt := 0; ; attempt++ {
		err := r.tryWrite(path, data)
		// Another run's sweep may have taken the folder away in between.
		if err == nil {
			return nil
		}
		if attempt == 3 || !errors.Is(err, fs.ErrNotExist) {
			var why *fs.PathError
			if errors.As(err, &why) && filepath.Dir(why.Path) == r.Dir() {
				return why.Err
			}
			return err
		}
	}
}

func (r *Run) tryWrite(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.MkdirAll(r.Dir(), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(r.Dir(), ".new-*")
	if err != nil {
		return err
	}
	_, err = temp.Write(data) // its mode is 0600: logs may hold what is nobody else's business
	if closing := temp.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}
