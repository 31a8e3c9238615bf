package report

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// piece is a file and what is in it.
type piece struct {
	name string
	data []byte
}

// readParts reads the run's parts, sorted by name.
func (r *Run) readParts() ([]piece, error) {
	entries, err := os.ReadDir(r.partsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list parts: %w", err)
	}
	var parts []piece
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || filepath.Ext(name) != ".json" || strings.HasPrefix(name, ".") {
			continue
		}
		data, err := os.ReadFile(filepath.Join(r.partsDir(), name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read part: %w", err)
		}
		parts = append(parts, piece{name, data})
	}
	return parts, nil
}

// merge makes one report of all parts. A part that cannot be read is a problem
// of the run, never silently left out.
func merge(id string, parts []piece) *Report {
	r := &Report{
		Schema: Schema, Run: id, Unfinished: []string{}, Problems: []string{}, Planned: []string{}, NotJudged: []string{}, Checks: []Result{},
	}
	var all []partData
	for _, p := range parts {
		var data partData
		if err := json.Unmarshal(p.data, &data); err != nil {
			r.Problems = append(r.Problems, fmt.Sprintf("part %s cannot be read: %v", p.name, err))
			continue
		}
		all = append(all, data)
	}
	if len(all) == 0 {
		return r
	}
	slices.SortStableFunc(all, func(a, b partData) int { return a.Started.Compare(b.Started) })
	var targets []string
	r.Head, targets = mergeHeads(all)
	r.Started = all[0].Started.UTC().Truncate(time.Millisecond)
	last := all[0].Updated
	best := map[[2]string]entry{}
	several := len(targets) > 1
	for _, data := range all {
		if data.Updated.After(last) {
			last = data.Updated
		}
		if !data.Finished && !slices.Contains(r.Unfinished, data.Suite) {
			r.Unfinished = append(r.Unfinished, data.Suite)
		}
		r.Interrupted = r.Interrupted || data.Interrupted
		for _, problem := range data.Problems {
			if !slices.Contains(r.Problems, problem) {
				r.Problems = append(r.Problems, problem)
			}
		}
		for _, c := range data.Courses {
			if several {
				c.Target = data.Head.Target
			}
			r.Courses = append(r.Courses, c)
		}
		for _, e := range data.Checks {
			switch {
			case !several:
				e.Target = ""
			case e.Target == "":
				e.Target, e.TargetFile = data.Head.Target, data.Head.TargetFile
			}
			key := [2]string{e.Target, e.Name}
			if old, found := best[key]; !found || e.Verdict.rank() < old.Verdict.rank() {
				best[key] = e
			}
		}
	}
	r.Seconds = math.Round(last.Sub(all[0].Started).Seconds()*1000) / 1000
	entries := make([]entry, 0, len(best))
	for _, e := range best {
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(strings.Compare(a.Target, b.Target), cmp.Compare(a.Order, b.Order), strings.Compare(a.Name, b.Name))
	})
	for _, e := range entries {
		r.Checks = append(r.Checks, e.Result)
	}
	r.plan(all, several)
	return r
}

// plan fills in what was planned, and what of it has no result.
func (r *Report) plan(all []partData, several bool) {
	judged := map[string]bool{}
	for _, check := range r.Checks {
		judged[check.title()] = true
	}
	for _, data := range all {
		for _, name := range data.Planned {
			title := name
			if several {
				title = Result{Name: name, Target: data.Head.Target}.title()
			}
			if slices.Contains(r.Planned, title) {
				continue
			}
			r.Planned = append(r.Planned, title)
			if !judged[title] {
				r.NotJudged = append(r.NotJudged, title)
			}
		}
	}
}

// mergeHeads takes the first head that knows its Blender, and lists all targets.
func mergeHeads(all []partData) (head Head, targets []string) {
	head = all[0].Head
	for _, data := range all {
		if head.Blender.Version == "" && data.Head.Blender.Version != "" {
			head = data.Head
		}
		if t := data.Head.Target; t != "" && !slices.Contains(targets, t) {
			targets = append(targets, t)
		}
		for _, e := range data.Checks {
			if e.Target != "" && !slices.Contains(targets, e.Target) {
				targets = append(targets, e.Target)
			}
		}
	}
	head.Target = strings.Join(targets, ", ")
	return head, targets
}
