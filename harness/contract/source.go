package contract

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
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
	if len(paths) > 0 && len(t.Requires) > 0 {
		paths = append(paths, "--also") // may install the signal handlers
		for i, path := range t.Requires {
			name := fmt.Sprintf("also%d", i)
			options = append(options, harness.Mount(name, filepath.Dir(t.Resolve(path))))
			paths = append(paths, "{mount:"+name+"}/"+filepath.Base(path))
		}
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

// sourceSIGTERM reads the source for a handler, and believes what stop/sigterm
// measures more than that none was found: one may be installed by a module that
// is not the target's own.
func sourceSIGTERM(ctx context.Context, s *Session) report.Result {
	if s.target.Launch.Start != "" {
		return Passed("bgcheck's launcher keeps it alive, and installs the handlers")
	}
	result := sourceRule("no-sigterm-handler")(ctx, s)
	switch result.Verdict {
	case report.Pass:
		result.Seen = "a handler for SIGTERM is installed in the add-on, the launch script or what they import"
		return result
	case report.Fail:
	default:
		return result
	}
	result.Seen = "no handler for SIGTERM; the place before which it belongs: " + strings.TrimPrefix(result.Seen, "found at ")
	measured := s.verdict(ctx, "stop/sigterm")
	judged := measured.Verdict == report.Pass || measured.Verdict == report.Fail
	if judged && slices.Contains([]string{"", "code", "left", "port", "unregister"}, s.sigterm) {
		return Passed("none was found in the source, and yet SIGTERM is handled: a module that is not the target's own does it", result.Evidence...)
	}
	return result
}
