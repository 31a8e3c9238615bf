package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/spec/setup"
	"github.com/bgcheck/bgcheck/harness/target"
)

// found is what a run judges, and how that came to be known.
type found struct {
	under *target.Target
	// assumed is what was read from an add-on that has no target file, a line
	// each; empty where there is a file.
	assumed []string
	// addon is its path then.
	addon string
}

// find reads the target that the settings name: a target file, a folder with
// one, or an add-on. An add-on's own target file, where `bgcheck init` writes
// it, goes before a draft.
func find(settings setup.Settings) (*found, error) {
	place := settings.Target
	if place == "" {
		return nil, Wrong.because("there is no %s here. Say what to judge:\n"+
			"  bgcheck check ./my_addon         an add-on: its folder, .py file or zip\n"+
			"  bgcheck check path/to/%s   a target file\n"+
			"  bgcheck init ./my_addon          writes a first target file", target.FileName, target.FileName)
	}
	info, err := os.Stat(place)
	if err != nil {
		var why *fs.PathError
		if errors.As(err, &why) {
			err = why.Err
		}
		return nil, Wrong.because("find what to judge: %s: %w", settings.Show(place), err)
	}
	if file := filepath.Join(place, target.FileName); info.IsDir() && isFile(file) {
		place = file
	} else if addon(place, info) {
		beside, err := draftFile(place)
		if err != nil {
			return nil, Wrong.as(err)
		}
		if !describes(beside, place) {
			return assume(place)
		}
		place = beside
	}
	under, err := target.Load(place)
	if err != nil {
		return nil, Wrong.as(err)
	}
	return &found{under: under}, nil
}

// addon tells an add-on from a target file.
func addon(place string, info fs.FileInfo) bool {
	suffix := strings.ToLower(filepath.Ext(place))
	return info.IsDir() || suffix == ".py" || suffix == ".zip"
}

// describes tells whether the target file is there and is about that add-on, or
// cannot be read: then its mistakes are to be said.
func describes(file, addon string) bool {
	if !isFile(file) {
		return false
	}
	under, err := target.Load(file)
	if err != nil {
		return true
	}
	return same(under.Resolve(under.Addon), addon) || same(under.Resolve(under.Launch.Script), addon)
}

func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	two, err := os.Stat(b)
	return err == nil && os.SameFile(one, two)
}

// isFile tells whether there is something at the path that is to be a file; a pipe
// in its place is to be said.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// assume makes a target of an add-on in memory.
func assume(place string) (*found, error) {
	under, notes, err := drafted(place)
	if err != nil {
		var mistakes *target.Errors
		if errors.As(err, &mistakes) {
			lines := []string{fmt.Sprintf("%s has no target file, and not all can be told from its source:", place)}
			for _, note := range notes {
				if strings.HasPrefix(note, "TODO") {
					lines = append(lines, "  "+strings.TrimPrefix(note, "TODO "))
				}
			}
			lines = append(lines, "write a first one by `bgcheck init "+place+"`, and say it there")
			return nil, Wrong.because("%s", strings.Join(lines, "\n"))
		}
		return nil, Wrong.as(err)
	}
	return &found{under: under, assumed: notes, addon: place}, nil
}
