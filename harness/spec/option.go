package spec

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/internal/edits"
	"github.com/bgcheck/bgcheck/harness/report"
)

// Option changes what Contract registers.
type Option func(*suite)

// Judge decides a check: it returns a verdict and what was seen. The session
// gives it a running Blender. It must not wait longer than ctx.
type Judge func(ctx context.Context, s *contract.Session) report.Result

// Target names the target file, relative to the suite's folder. Without it the
// target is found as for bgcheck's own suites: -target, BGCHECK_TARGET, then the
// nearest bgcheck.yaml.
func Target(path string) Option { return func(s *suite) { s.target = path } }

// Areas registers these areas of the catalogue alone: "start", "echo", ...
func Areas(names ...string) Option {
	return func(s *suite) { s.areas = append(s.areas, names...) }
}

// Replace judges the check of that name by judge instead of the catalogue's
// own way. The name and its meaning stay; so does its place in the report. What
// the target must offer for the check does not apply any more.
func Replace(name string, judge Judge) Option {
	return func(s *suite) { s.replaced[name] = judge }
}

// Skip skips the check of that name, and says why in the report. A target
// file's own list of skips holds besides.
func Skip(name, reason string) Option {
	return func(s *suite) { s.skips[name] = reason }
}

// Add registers a check of your own, beside the catalogue's and in the same
// report. Its name is "area/statement".
func Add(check contract.Check) Option {
	return func(s *suite) { s.added = append(s.added, check) }
}

// KeepOpen leaves it to the suite to call Close in an AfterSuite of its own;
// Ginkgo allows one AfterSuite, and Contract registers it otherwise.
func KeepOpen() Option { return func(s *suite) { s.keepOpen = true } }

// place is a check and its place in the report.
type place struct {
	order int
	check contract.Check
}

// catalogueFile is the name of the file that the contract's specs seem to stand in.
const catalogueFile = "catalogue"

// location stands where Ginkgo shows the line of a spec, and sorts specs by it:
// so they run in the order of the catalogue.
func (p place) location() types.CodeLocation {
	return types.CodeLocation{FileName: catalogueFile, LineNumber: p.order + 1, CustomMessage: "true when: " + p.check.True}
}

// checks are those the options leave, in the order of the catalogue. An error
// names an option that says something impossible.
func (s *suite) checks() ([]place, error) {
	catalogue := checks.All()
	var names []string
	for _, check := range catalogue {
		names = append(names, check.Name)
	}
	for _, area := range s.areas {
		if err := edits.Require("area", area, checks.Areas()); err != nil {
			return nil, err
		}
	}
	var list []place
	for i, check := range catalogue {
		if len(s.areas) > 0 && !slices.Contains(s.areas, areaOf(check.Name)) {
			continue
		}
		list = append(list, place{i, s.replace(check)})
	}
	for i, check := range s.added {
		if area, rest, _ := strings.Cut(check.Name, "/"); area == "" || rest == "" || check.Run == nil {
			return nil, fmt.Errorf("spec.Add: check %q needs a name \"area/statement\" and a Run", check.Name)
		}
		if slices.Contains(names, check.Name) {
			return nil, fmt.Errorf("spec.Add: check %q is in the catalogue; use spec.Replace", check.Name)
		}
		names = append(names, check.Name)
		list = append(list, place{len(catalogue) + i, check})
	}
	for option, given := range map[string][]string{
		"spec.Replace": slices.Sorted(maps.Keys(s.replaced)),
		"spec.Skip":    slices.Sorted(maps.Keys(s.skips)),
	} {
		for _, name := range given {
			if err := edits.Require("check", name, names); err != nil {
				return nil, fmt.Errorf("%s: %w", option, err)
			}
		}
	}
	return list, nil
}

// replace gives the check as the option Replace wants it judged.
func (s *suite) replace(check contract.Check) contract.Check {
	if judge, ok := s.replaced[check.Name]; ok {
		check.Run, check.Needs = judge, nil
	}
	return check
}

func areaOf(name string) string {
	area, _, _ := strings.Cut(name, "/")
	return area
}
