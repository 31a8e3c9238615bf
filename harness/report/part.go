package report

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Part is what one suite process adds to a run. Its methods may be called by
// several goroutines. After each of them the part and the merged report are on
// disk, so that a suite that is killed leaves what it knew.
type Part struct {
	run  *Run
	path string
	mu   sync.Mutex
	data partData
	// unwritten are results that are not on disk.
	unwritten []string
}

// partData is the content of OUT/runs/RUN/parts/SUITE-PROC.json.
type partData struct {
	Schema   string    `json:"schema"`
	Suite    string    `json:"suite"`
	Process  int       `json:"process"`
	Head     Head      `json:"head"`
	Started  time.Time `json:"started"`
	Updated  time.Time `json:"updated"`
	Finished bool      `json:"finished"`
	// Interrupted: a signal ended the suite before its end.
	Interrupted bool     `json:"interrupted,omitempty"`
	Planned     []string `json:"planned,omitempty"`
	Problems    []string `json:"problems"`
	Checks      []entry  `json:"checks"`
	Courses     []Course `json:"courses,omitempty"`
}

// entry is a result and its place in the catalogue.
type entry struct {
	Order int `json:"order"`
	Result
}

// Part opens the part of one suite process: suite is a name unique in the run,
// such as the package's folder, and process counts from 1 (ginkgo -p runs
// several). A part of that name from an earlier attempt is replaced.
func (r *Run) Part(suite string, process int, head Head) (*Part, error) {
	now := time.Now()
	p := &Part{
		run:  r,
		path: filepath.Join(r.partsDir(), fmt.Sprintf("%s-%d.json", fileName(suite), process)),
		data: partData{Schema: Schema, Suite: suite, Process: process, Head: head.clean(), Started: now, Updated: now},
	}
	return p, p.change(func(*partData) {})
}

// Add records a result; order is the check's place in the catalogue. Of two
// results of one name the worse is kept.
func (p *Part) Add(order int, result Result) error {
	e := entry{order, result.clean()}
	return p.changeFor(e.Name, func(d *partData) {
		same := func(old entry) bool { return old.Name == e.Name && old.Target == e.Target }
		at := slices.IndexFunc(d.Checks, same)
		switch {
		case at < 0:
			d.Checks = append(d.Checks, e)
		case e.Verdict.rank() < d.Checks[at].Verdict.rank():
			d.Checks[at] = e
		}
	})
}

// Plan names checks that the run is to judge. Those without a result in the end
// are told as not judged, and keep the run from being good. Several suites of a
// run may name the same ones.
func (p *Part) Plan(names ...string) error {
	return p.change(func(d *partData) {
		for _, name := range names {
			if name = Clean(name); !slices.Contains(d.Planned, name) {
				d.Planned = append(d.Planned, name)
			}
		}
	})
}

// Interrupt records that a signal ended the suite before its end.
func (p *Part) Interrupt() error {
	return p.change(func(d *partData) { d.Interrupted = true })
}

// Problem records in one line why the suite cannot run. A run that has one is
// not good.
func (p *Part) Problem(line string) error {
	return p.change(func(d *partData) { d.Problems = append(d.Problems, Clean(line)) })
}

// Describe replaces the head, when the target or the Blender is known late.
func (p *Part) Describe(head Head) error {
	return p.change(func(d *partData) { d.Head = head.clean() })
}

// Finish says that the suite process has come to its end.
func (p *Part) Finish() error {
	return p.change(func(d *partData) { d.Finished = true })
}

// Unwritten names the results that could not be written to disk, for a full one
// say. What could not be written is tried again with every change.
func (p *Part) Unwritten() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.unwritten)
}

// change applies edit, writes the part, and merges.
func (p *Part) change(edit func(*partData)) error { return p.changeFor("", edit) }

// changeFor does the same for the result called name.
func (p *Part) changeFor(name string, edit func(*partData)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	edit(&p.data)
	p.data.Updated = time.Now()
	err := p.save()
	switch {
	case err == nil:
		p.unwritten = nil
	case name != "" && !slices.Contains(p.unwritten, name):
		p.unwritten = append(p.unwritten, name)
	}
	return err
}

func (p *Part) save() error {
	data, err := json.MarshalIndent(p.data, "", " ")
	if err != nil {
		return fmt.Errorf("encode part: %w", err)
	}
	if err = p.run.write(p.path, data); err == nil {
		err = p.run.Publish()
	}
	if err != nil {
		return fmt.Errorf("write the report to %s: %w", p.run.Out, err)
	}
	return nil
}
