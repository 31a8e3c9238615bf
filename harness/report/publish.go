package report

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// PageName is the name of the report as a page for people: see HTML.
const PageName = "report.html"

// mergedNames are the forms of the report, in the run's own folder and in out.
var mergedNames = []string{"report.json", CoursesName, "junit.xml", "summary.md", "bgcheck.sarif", PageName, "badge.svg", "badge.json"}

// latestName is the file in OUT/runs that names the run whose report is in OUT.
const latestName = "latest"

// Publish makes the report of the parts that are there, in the run's own folder
// and, as the latest one, in out.
//
// Suites run in several processes, runs at the same time, and there is no lock.
// Each writer writes its own part, reads all parts, replaces the merged files,
// then reads the parts again, and starts over when they changed. So whoever
// replaces the files last saw no change behind it: every part written before is
// in them, and a part written later is followed by its own writer's merge. For
// out the same is done with the run's merged files in place of the parts; the
// run that published last is named in a file, and everyone copies that one's.
func (r *Run) Publish() error {
	if err := r.mergeParts(); err != nil {
		return err
	}
	if err := r.write(filepath.Join(r.Out, "runs", latestName), []byte(r.ID)); err != nil {
		return fmt.Errorf("write %s: %w", latestName, err)
	}
	return r.copyLatest()
}

// mergeParts writes the merged files into the run's own folder.
func (r *Run) mergeParts() error {
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
			if err := r.write(filepath.Join(r.Dir(), name), data); err != nil {
				return fmt.Errorf("write %s: %w", name, err)
			}
		}
		after, err := r.readParts()
		if err != nil {
			return err
		}
		if samePieces(before, after) {
			return nil
		}
	}
}

// copyLatest copies the latest run's merged files to out.
func (r *Run) copyLatest() error {
	for {
		before, err := r.readLatest()
		if err != nil {
			return err
		}
		for _, file := range before[1:] {
			if err := r.write(filepath.Join(r.Out, file.name), file.data); err != nil {
				return fmt.Errorf("write %s: %w", file.name, err)
			}
		}
		after, err := r.readLatest()
		if err != nil {
			return err
		}
		if samePieces(before, after) {
			return nil
		}
	}
}

// readLatest reads the merged files of the run that is the latest; the first
// piece is its name.
func (r *Run) readLatest() ([]piece, error) {
	id, err := os.ReadFile(filepath.Join(r.Out, "runs", latestName))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", latestName, err)
	}
	pieces := []piece{{latestName, id}}
	for _, name := range mergedNames {
		data, err := os.ReadFile(filepath.Join(r.Out, "runs", fileName(string(id)), name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		pieces = append(pieces, piece{name, data})
	}
	return pieces, nil
}

func samePieces(a, b []piece) bool {
	return slices.EqualFunc(a, b, func(x, y piece) bool { return x.name == y.name && bytes.Equal(x.data, y.data) })
}

func render(name string, r *Report) ([]byte, error) {
	switch name {
	case "report.json":
		return r.JSON()
	case CoursesName:
		return r.CourseLines()
	case "junit.xml":
		return r.JUnit()
	case "bgcheck.sarif":
		return r.SARIF()
	case PageName:
		return HTML(r)
	case "badge.svg":
		return r.Badge()
	case "badge.json":
		return r.BadgeJSON()
	default:
		return []byte(r.Markdown()), nil
	}
}
