package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Schema is the version of the JSON. A field that changes its meaning or goes
// raises it; a new one does not.
const Schema = 1

// Result is one run, and the JSON that is written.
type Result struct {
	Schema  int            `json:"schema"`
	Started time.Time      `json:"started"`
	Seconds float64        `json:"seconds"`
	Machine report.Machine `json:"machine"`
	// Busy is the machine's load average of one minute before the run and after
	// it. Above 0.5 before, others were at work: then believe the ratios alone.
	Busy    [2]float64   `json:"busy"`
	Blender harness.Info `json:"blender"`
	// Python is what the servers said of theirs, by server.
	Python   map[string]string `json:"python"`
	Settings Settings          `json:"settings"`
	Servers  []*Measured       `json:"servers"`
	// Summary has the figures of the table.
	Summary []Row `json:"summary"`
	Aims    []Aim `json:"aims"`
	// Harness and Growth are nil when they were not measured.
	Harness *Cost   `json:"harness,omitempty"`
	Growth  *Growth `json:"growth,omitempty"`
}

// Settings of a run.
type Settings struct {
	Rounds       int     `json:"rounds"`
	SliceSeconds float64 `json:"slice_seconds"`
	IdleSeconds  float64 `json:"idle_seconds"`
	LogMiB       int     `json:"log_mib"`
}

// Measured is one server.
type Measured struct {
	Name   string  `json:"name"`
	What   string  `json:"what"`
	Rounds []Round `json:"rounds,omitempty"`
	// Idle is the quiet window; nil for what serves nothing.
	Idle *usage.Window `json:"idle,omitempty"`
	// Memory is the resident memory in bytes, when idle after one request.
	Memory uint64 `json:"memory,omitempty"`
}

// Round is what one process did in one round. What a server cannot do is nil.
type Round struct {
	// Launch is the time from the existing process to the first answer, in
	// milliseconds; for the bare ones to the script, or to the end.
	Launch float64 `json:"launch_ms"`
	// Stop is the time from SIGTERM, when idle, to the end.
	Stop float64 `json:"stop_ms,omitempty"`
	// Echo on a new connection each time, one client.
	Echo *Percentiles `json:"echo,omitempty"`
	// Kept is echo on one connection that stays open.
	Kept *Percentiles `json:"kept,omitempty"`
	// Exec of a one-line statement, another one each time.
	Exec *Percentiles `json:"exec,omitempty"`
	// Same is Exec of the same statement each time.
	Same *Percentiles `json:"exec_same,omitempty"`
	// Many is echo from 32 clients at once.
	Many *Percentiles `json:"echo_32,omitempty"`
}

// Row is one measure for all servers.
type Row struct {
	Key   string `json:"key"`
	Label string `json:"label"`
	// Base is the server that ratios relate to; empty: there are none.
	Base  string          `json:"base,omitempty"`
	Cells map[string]Cell `json:"cells"`

	decimals int
}

// Cell is one figure: the median of its rounds and their range.
type Cell struct {
	Value float64 `json:"value"`
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	// Ratio to the row's base: the median of the rounds' ratios; 0: none.
	Ratio float64 `json:"ratio,omitempty"`
}

// Aim is one figure that was aimed at.
type Aim struct {
	Name string `json:"name"`
	// Value and what it may be at most, or at least.
	Value   float64 `json:"value"`
	Bound   float64 `json:"bound"`
	AtLeast bool    `json:"at_least,omitempty"`
	Met     bool    `json:"met"`
	Unit    string  `json:"unit,omitempty"`
}

// Write writes the JSON; folders are made.
func (r *Result) Write(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, append(data, '\n'), 0o644)
	}
	if err != nil {
		return fmt.Errorf("write the benchmark's result: %w", err)
	}
	return nil
}

// finite keeps NaN out of JSON.
func finite(value float64) float64 {
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return 0
	}
	return value
}
