package gate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// Schema names the format of gate.json.
const Schema = "bgcheck-gate/1"

// FileName is the record's name in the out folder.
const FileName = "gate.json"

// Record is what a gate has measured of one state, to be the base of a later one.
type Record struct {
	Schema string `json:"schema"`
	report.Head
	Rounds []Round `json:"rounds"`
	// Checks are the verdicts by name.
	Checks map[string]report.Verdict `json:"checks"`
}

// Differs says in what the records are of another kind, so that figures do not
// compare; "" when they do.
func (r *Record) Differs(other *Record) string {
	var why []string
	for _, one := range []struct{ what, a, b string }{
		{"Blender", r.Blender.Version, other.Blender.Version},
		{"backend", r.Backend, other.Backend},
		{"system", r.Machine.OS + "/" + r.Machine.Arch, other.Machine.OS + "/" + other.Machine.Arch},
		{"processor", r.Machine.CPU, other.Machine.CPU},
		{"number of CPUs", fmt.Sprint(r.Machine.CPUs), fmt.Sprint(other.Machine.CPUs)},
	} {
		if one.a != one.b {
			why = append(why, fmt.Sprintf("another %s (%s, %s)", one.what, one.a, one.b))
		}
	}
	return strings.Join(why, ", ")
}

// Write writes the record to a file.
func (r *Record) Write(path string) error {
	r.Schema = Schema
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("encode gate record: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write gate record: %w", err)
	}
	if err := os.WriteFile(path, append(data, '\n'), 0o644); err != nil { //nolint:gosec // a report is for everyone
		return fmt.Errorf("write gate record: %w", err)
	}
	return nil
}

// Read reads a record: a file, or a folder with one. The error wraps
// fs.ErrNotExist when there is none.
func Read(path string) (*Record, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, FileName)
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no gate record %s: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("read gate record: %w", err)
	}
	var r Record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("read gate record %s: %w", path, err)
	}
	if r.Schema != Schema {
		return nil, fmt.Errorf("read gate record %s: its schema is %q, this program knows %q", path, r.Schema, Schema)
	}
	return &r, nil
}
