package report

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	// Interrupted: a signal ended the run before its end.
	Interrupted bool `json:"interrupted"`
	// Planned names the checks that the run was to judge, NotJudged those of them
	// that have no result. While the run goes on, NotJudged is what is still to come.
	Planned   []string `json:"planned"`
	NotJudged []string `json:"not_judged"`
	// Checks in the catalogue's order.
	Checks []Result `json:"checks"`
	// Courses are what happened in each life. They are in the side file, lives.jsonl.
	Courses []Course `json:"-"`
}

// Head says what was checked, where.
type Head struct {
	// Target is the target's name.
	Target string `json:"target"`
	// TargetFile is its path.
	TargetFile string `json:"target_file"`
	// StartedBy says who kept Blender alive, in a few words; "" where that is not known.
	StartedBy string `json:"started_by,omitempty"`
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
