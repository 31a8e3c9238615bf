package checks

import (
	"context"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

// lint is one line of probes/source.py's result.
type lint struct {
	Rule, File, Text, Note, Error string
	Line                          int
}

// parsed is the add-on and the launch script as Blender's own Python reads them.
var parsed = contract.Fact[[]lint]{Name: "source", Make: func(ctx context.Context, s *contract.Session) (found []lint, err error) {
	t := s.Target()
	var options []harness.Option
	var paths []string
	for i, path := range []string{t.Addon, t.Launch.Script} {
		if path == "" {
			continue
		}
		if i == 1 {
			paths = append(paths, "--script")
		}
		whole := t.Resolve(path)
		name := fmt.Sprintf("source%d", i)
		options = append(options, harness.Mount(name, filepath.Dir(whole)))
		paths = append(paths, "{mount:"+name+"}/"+filepath.Base(whole))
	}
	if also := t.RequiredPaths(); len(paths) > 0 && len(also) > 0 {
		paths = append(paths, "--also") // may install the signal handlers
		for i, path := range also {
			name := fmt.Sprintf("also%d", i)
			options = append(options, harness.Mount(name, filepath.Dir(t.Resolve(path))))
			paths = append(paths, "{mount:"+name+"}/"+filepath.Base(path))
		}
	}
	if awaited := t.Service.Announce; t.Service.Port == "announced" && awaited != "" && t.Env["PYTHONUNBUFFERED"] == "" {
		paths = append(paths, "--announce", hex.EncodeToString([]byte(awaited)))
	}
	if len(paths) > 0 {
		_, err = runProbe(ctx, s, "source.py", paths, &found, options...)
	}
	return found, err
}}

// byTree says in a check's text how its lines are found.
const byTree = "Blender's own Python parses the add-on and the launch script; the syntax tree is searched, nothing is run. "

// rule judges by one rule of probes/source.py. What was only read is a warning.
func rule(name string) func(context.Context, *contract.Session) report.Result {
	return func(ctx context.Context, s *contract.Session) report.Result {
		if s.Target().Addon == "" && s.Target().Launch.Script == "" {
			return contract.Skipped("the target has no Python source to read")
		}
		found, err := parsed.Of(ctx, s)
		if err != nil {
			return contract.FromError(err)
		}
		var places, evidence, unread []string
		var where []report.Place
		note := ""
		for _, one := range found {
			switch {
			case one.Error != "":
				unread = append(unread, "not read: "+one.Error)
			case one.Rule == name:
				places = append(places, fmt.Sprintf("%s:%d", one.File, one.Line))
				line := fmt.Sprintf("%s:%d: %s", one.File, one.Line, one.Text)
				if note == "" {
					note = one.Note
				} else if one.Note != note {
					line += " (" + one.Note + ")"
				}
				evidence = append(evidence, line)
				if place, ok := s.Place(one.File, one.Line, one.Text); ok {
					where = append(where, place)
				}
			}
		}
		if len(places) == 0 {
			return contract.Passed("no such line in the add-on and the launch script", unread...)
		}
		const shown = 8
		if more := len(places) - shown; more > 0 {
			places = append(places[:shown], fmt.Sprintf("and %d more", more))
		}
		result := contract.Warned("found at "+strings.Join(places, ", "), note+" ("+evidence[0]+")", append(evidence, unread...)...)
		result.Places = where
		return result
	}
}
