package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Load reads the merged report in the folder out. An error wraps
// fs.ErrNotExist when there is none.
func Load(out string) (*Report, error) {
	r, err := Read(filepath.Join(out, "report.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no report in %s; run the suites first: %w", out, fs.ErrNotExist)
	}
	return r, err
}

// Read reads one record: a report.json of any name.
func Read(path string) (*Report, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	var r Report
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read report %s: %w", path, err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("read report %s: its schema is %q, this program knows %q", path, r.Schema, Schema)
	}
	return &r, r.readCourses(path)
}

// Refresh merges the parts of a run that wrote its report into out, and returns
// the result: of the run that $BGCHECK_RUN names, else of the latest. It makes
// good for a suite that was killed between its part and the merge.
func Refresh(out string) (*Report, error) {
	abs, err := filepath.Abs(out)
	if err != nil {
		return nil, fmt.Errorf("find report: %w", err)
	}
	run := &Run{Out: abs}
	var r *Report
	if id := os.Getenv("BGCHECK_RUN"); id != "" {
		run.ID = fileName(id)
		if r, err = Load(run.Dir()); errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("a report in %s is of another run: no suite of run %s came so far as to write any: %w", out, run.ID, fs.ErrNotExist)
		}
	} else if r, err = Load(out); err == nil {
		run.ID = fileName(r.Run)
	}
	if err != nil {
		return nil, err
	}
	parts, err := run.readParts()
	if err != nil || len(parts) == 0 {
		return r, nil //nolint:nilerr // the merged report alone is good enough
	}
	return merge(run.ID, parts), nil
}
