package contract

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// lint is one line of probes/source.py's result.
type lint struct {
	Rule, File, Text, Note, Error string
	Line                          int
}

// linted is what reading the source has shown, once per session.
type linted struct {
	found []lint
	err   error
}

// readSource lets Blender's own Python read the add-on and the launch script.
func (s *Session) readSource(ctx context.Context) linted {
	if s.lint != nil {
		return *s.lint
	}
	t := s.target
	var options []harness.Option
	var paths []string
	for i, path := range []string{t.Addon, t.Launch.Script} {
		if path == "" {
			continue
		}
		whole := t.Resolve(path)
		name := fmt.Sprintf("source%d", i)
		options = append(options, harness.Mount(name, filepath.Dir(whole)))
		paths = append(paths, "{mount:"+name+"}/"+filepath.Base(whole))
	}
	seen := linted{}
	if len(paths) > 0 {
		_, seen.err = s.probe(ctx, "source.py", paths, &seen.found, options...)
	}
	if ctx.Err() == nil {
		s.lint = &seen
	}
	return seen
}

// sourceRule makes the check of one rule.
func sourceRule(rule string) func(context.Context, *Session) report.Result {
	return func(ctx context.Context, s *Session) report.Result {
		if s.target.Addon == "" && s.target.Launch.Script == "" {
			return Skipped("the target has no Python source to read")
		}
		seen := s.readSource(ctx)
		if seen.err != nil {
			return FromError(seen.err)
		}
		var places, evidence, unread []string
		var where []report.Place
		note := ""
		for _, one := range seen.found {
			switch {
			case one.Error != "":
				unread = append(unread, "not read: "+one.Error)
			case one.Rule == rule:
				places = append(places, fmt.Sprintf("%s:%d", one.File, one.Line))
				evidence = append(evidence, fmt.Sprintf("%s:%d: %s", one.File, one.Line, one.Text))
				note = one.Note
				if place, ok := s.place(one.File, one.Line, one.Text); ok {
					where = append(where, place)
				}
			}
		}
		if len(places) == 0 {
			return Passed("no such line in the add-on and the launch script", unread...)
		}
		result := Failed("found at "+strings.Join(places, ", "), note+" ("+evidence[0]+")", append(evidence, unread...)...)
		result.Places = where
		return result
	}
}
