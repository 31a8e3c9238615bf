package report

import (
	"bytes"
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

var mergedNames = []string{"report.json", "junit.xml", "summary.md", "bgcheck.sarif"}

// Publish writes report.json, junit.xml, summary.md and bgcheck.sarif from the
// parts that are there.
//
// Suites run in several processes and there is no lock. Each writer writes its
// own part, reads all parts, replaces the merged files, then reads the parts
// again, and starts over when they changed. So whoever replaces the files last
// saw no change behind it: every part written before is in them, and a part
// written later is followed by its own writer's merge.
func (r *Run) Publish() error {
	for {
		before, err := r.readParts()
		if err != nil {
			return err
		}
		merged := merge(r.ID, before)
		for _, name := range mergedNames {
			data, err := render(name, merged)
			if err != nil {
				return err
			}
			if err := r.write(filepath.Join(r.Out, name), data); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
		}
		after, err := r.readParts()
		if err != nil {
			return err
		}
		if slices.EqualFunc(before, after, func(a, b part) bool { return a.name == b.name && bytes.Equal(a.data, b.data) }) {
			return nil
		}
	}
}

func render(name string, r *Report) ([]byte, error) {
	switch name {
	case "report.json":
		return r.JSON()
	case "junit.xml":
		return r.JUnit()
	case "bgcheck.sarif":
		return r.SARIF()
	default:
		return []byte(r.Markdown()), nil
	}
}

// Refresh merges the parts of the run that the report in out is of, if they
// are still there, and loads the result. It makes good for a suite that was
// killed between its part and the merge.
func Refresh(out string) (*Report, error) {
	r, err := Load(out)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(out)
	if err != nil {
		return nil, fmt.Errorf("find report: %w", err)
	}
	run := &Run{ID: fileName(r.Run), Out: abs}
	parts, err := run.readParts()
	if err != nil || len(parts) == 0 {
		return r, nil //nolint:nilerr // the merged report alone is good enough
	}
	return merge(run.ID, parts), nil
}

// part is one file of the run's folder.
type part struct {
	name string
	data []byte
}

// readParts reads the run's parts, sorted by name.
func (r *Run) readParts() ([]part, error) {
	entries, err := os.ReadDir(r.Dir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list parts: %w", err)
	}
	var parts []part
	for _, entry := range entries {
		name := entry.Name()
		if entry.IsDir() || filepath.Ext(name) != ".json" || strings.HasPrefix(name, ".") || name == markerName {
			continue
		}
		data, err := os.ReadFile(filepath.Join(r.Dir(), name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read part: %w", err)
		}
		parts = append(parts, part{name, data})
	}
	return parts, nil
}

// merge makes one report of all parts. A part that cannot be read is a problem
// of the run, never silently left out.
func merge(id string, parts []part) *Report {
	r := &Report{Schema: Schema, Run: id, Unfinished: []string{}, Problems: []string{}, Checks: []Result{}}
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
		for _, problem := range data.Problems {
			if !slices.Contains(r.Problems, problem) {
				r.Problems = append(r.Problems, problem)
			}
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
	return r
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
