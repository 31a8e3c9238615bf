package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// kept is how many runs' folders stay in OUT/runs, so that what a report points
// to (logs, commands to repeat) is there for a while: this run's, and older ones.
const kept = 5

// sweep removes the folders of older runs but the last few.
func (r *Run) sweep() error {
	runs := filepath.Join(r.Out, "runs")
	entries, err := os.ReadDir(runs)
	if err != nil {
		return fmt.Errorf("list runs: %w", err)
	}
	type ended struct {
		dir  string
		last time.Time
	}
	var older []ended
	for _, entry := range entries {
		if entry.Name() == r.ID || !entry.IsDir() {
			continue
		}
		dir := filepath.Join(runs, entry.Name())
		var m marker
		data, err := os.ReadFile(filepath.Join(dir, markerName))
		if err != nil || json.Unmarshal(data, &m) != nil {
			continue
		}
		if m.Born != "" && m.Born == procfs.Born(m.Owner) {
			r.Others = append(r.Others, m.Owner)
			continue
		}
		older = append(older, ended{dir, lastWritten(dir)})
	}
	slices.SortFunc(older, func(a, b ended) int { return b.last.Compare(a.last) })
	for _, run := range older[min(len(older), kept-1):] {
		// The marker goes last, so that a sweep cut short is taken up again.
		if err := removeAllBut(run.dir, markerName); err != nil {
			return fmt.Errorf("remove an older run's folder: %w", err)
		}
	}
	return nil
}

// lastWritten is when the run in dir last wrote its report, or began.
func lastWritten(dir string) time.Time {
	var last time.Time
	for _, name := range []string{markerName, mergedNames[0]} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.ModTime().After(last) {
			last = info.ModTime()
		}
	}
	return last
}

// removeAllBut removes dir; the entry last goes after all others.
func removeAllBut(dir, last string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == last {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}
