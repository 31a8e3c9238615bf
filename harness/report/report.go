package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Schema names the format of report.json. It changes when a field's meaning
// does; fields may be added without.
const Schema = "bgcheck-report/1"

// Report is one run, as report.json holds it.
type Report struct {
	Schema string `json:"schema"`
	// Run identifies the run: see RunID.
	Run string `json:"run"`
	Head
	// Started is the start of the first suite.
	Started time.Time `json:"started"`
	// Seconds from Started to the last result.
	Seconds float64 `json:"seconds"`
	// Unfinished names suites that began and have not ended: they still run, or
	// were killed. A report that has some says less than it seems to.
	Unfinished []string `json:"unfinished"`
	// Problems are why a suite could not run at all, one line each.
	Problems []string `json:"problems"`
	// Checks in the catalogue's order.
	Checks []Result `json:"checks"`
}

// Head says what was checked, where.
type Head struct {
	// Target is the target's name.
	Target string `json:"target"`
	// TargetFile is its path.
	TargetFile string `json:"target_file"`
	// Backend is "local", "container" or "attach".
	Backend string  `json:"backend"`
	Blender Blender `json:"blender"`
	Machine Machine `json:"machine"`
}

// Blender names the Blender that was run.
type Blender struct {
	Version string `json:"version"`
	Path    string `json:"path"`
	Image   string `json:"image,omitempty"`
}

// Count is the number of checks with that verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for _, check := range r.Checks {
		if check.Verdict == v {
			n++
		}
	}
	return n
}

// Err is nil when the run can be called good: some check was run and not skipped, all suites
// ended, and no check failed or was inconclusive. Otherwise it says why not.
func (r *Report) Err() error {
	var why []string
	add := func(format string, args ...any) { why = append(why, fmt.Sprintf(format, args...)) }
	if n := r.Count(Fail); n > 0 {
		add("%d failed", n)
	}
	if n := r.Count(Inconclusive); n > 0 {
		add("%d inconclusive", n)
	}
	if len(r.Problems) > 0 {
		add("%s", r.Problems[0])
	}
	if len(r.Unfinished) > 0 {
		add("not finished: %s", strings.Join(r.Unfinished, ", "))
	}
	if len(why) == 0 && len(r.Checks) == 0 {
		add("no check was run")
	}
	if n := r.Count(Skip); len(why) == 0 && n == len(r.Checks) {
		add("no check was run: all %d were skipped", n)
	}
	if len(why) == 0 {
		return nil
	}
	return errors.New(strings.Join(why, "; "))
}

// JSON is the content of report.json.
func (r *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // so that a command can be read
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("encode report: %w", err)
	}
	return b.Bytes(), nil
}

// Load reads the merged report in the folder out. An error wraps
// fs.ErrNotExist when there is none.
func Load(out string) (*Report, error) {
	path := filepath.Join(out, "report.json")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no report in %s; run the suites first: %w", out, fs.ErrNotExist)
	}
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
	return &r, nil
}
