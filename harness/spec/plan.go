package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// planAll records what is to be judged, before the first check is, so that the
// report can name what was not: when a process is killed, or ginkgo itself is told
// to end, which then runs no further suite and calls that a success. A run of
// chosen specs plans nothing: what was chosen is what counts.
func planAll(suite ginkgo.Report) {
	config := suite.SuiteConfig
	chosen := len(config.FocusStrings) + len(config.SkipStrings) + len(config.FocusFiles) + len(config.SkipFiles) +
		len(config.LabelFilter) + len(config.SemVerFilter)
	if config.DryRun || chosen > 0 || suite.SuiteHasProgrammaticFocus {
		return
	}
	for _, s := range registered {
		if s.prepare() == nil {
			_ = s.part.Plan(s.planned()...) // Finish tells
		}
	}
}

// planned names the suite's own checks, and those of the suites beside it that
// the same command runs.
func (s *suite) planned() []string {
	own, err := s.checks()
	if err != nil {
		return nil
	}
	var names []string
	for _, place := range own {
		names = append(names, place.check.Name)
	}
	here, err := os.Getwd()
	if err != nil || len(s.areas) != 1 || filepath.Base(here) != s.areas[0] {
		return names
	}
	for _, area := range checks.Areas() {
		beside := filepath.Join(filepath.Dir(here), area)
		if beside == here || !runs(parentCommand(), setup.Invocation(), beside) {
			continue
		}
		for _, check := range checks.Area(area) {
			names = append(names, check.Name)
		}
	}
	return names
}

// parentCommand is the command line of ginkgo or go test, where the system tells.
func parentCommand() []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", parent))
	if err != nil {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// runs tells whether a command given in the folder base runs the suite in folder:
// it is named, or lies below one named with "/...", or is a test binary there.
func runs(command []string, base, folder string) bool {
	if len(command) == 0 {
		return false
	}
	if built, err := filepath.Glob(filepath.Join(folder, "*_test.go")); err != nil || len(built) == 0 {
		if built, err = filepath.Glob(filepath.Join(folder, "*.test")); err != nil || len(built) == 0 {
			return false
		}
	}
	recursive := slices.Contains(command, "-r") || slices.Contains(command, "--r")
	for _, word := range command[1:] {
		if word == "--" || word == "-args" || strings.HasPrefix(word, "-skip-package") || strings.HasPrefix(word, "--skip-package") {
			return false
		}
		path, below := strings.CutSuffix(word, "...")
		if path == "" || strings.HasPrefix(word, "-") {
			continue
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(base, path)
		}
		if strings.HasSuffix(path, ".test") {
			path = filepath.Dir(path)
		}
		rel, err := filepath.Rel(path, folder)
		if err == nil && (rel == "." || (below || recursive) && filepath.IsLocal(rel)) {
			return true
		}
	}
	return false
}
