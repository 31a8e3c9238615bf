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
func parentCommand() []string { return commandLine(parent) }

// endsRun tells whether ginkgo runs no suite after this one: it is the last, or has
// failed and there is no --keep-going.
func endsRun(good bool) bool {
	command := parentCommand()
	goesOn := slices.ContainsFunc(command, func(word string) bool {
		word, _, _ = strings.Cut(strings.TrimLeft(word, "-"), "=")
		return word == "keep-going" || word == "keepGoing"
	})
	if !good && !goesOn {
		return true
	}
	here, err := os.Getwd()
	if err != nil {
		return true
	}
	suites := suitesOf(command, setup.Invocation(), siblings(here))
	return len(suites) == 0 || suites[len(suites)-1] == here
}

// siblings are the folders in which suites may stand beside the one in here, with it.
func siblings(here string) []string {
	entries, err := os.ReadDir(filepath.Dir(here))
	if err != nil {
		return []string{here}
	}
	var folders []string
	for _, entry := range entries {
		folders = append(folders, filepath.Join(filepath.Dir(here), entry.Name()))
	}
	return folders
}

// commandLine is the command line of a process, where the system tells; nil for one
// that has ended.
func commandLine(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || len(text) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
}

// runs tells whether a command given in the folder base runs the suite in folder:
// it is named, or lies below one named with "/...", or is a test binary there.
func runs(command []string, base, folder string) bool {
	return len(suitesOf(command, base, []string{folder})) > 0
}

// suitesOf are those of the folders whose suites a command given in the folder base
// runs, in the order in which it does.
func suitesOf(command []string, base string, folders []string) []string {
	if len(command) == 0 {
		return nil
	}
	folders = slices.DeleteFunc(slices.Sorted(slices.Values(folders)), func(folder string) bool { return !holdsSuite(folder) })
	recursive := slices.Contains(command, "-r") || slices.Contains(command, "--r")
	var found []string
	for _, word := range command[1:] {
		if word == "--" || word == "-args" || strings.HasPrefix(word, "-skip-package") || strings.HasPrefix(word, "--skip-package") {
			break
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
		for _, folder := range folders {
			rel, err := filepath.Rel(path, folder)
			named := err == nil && (rel == "." || (below || recursive) && filepath.IsLocal(rel))
			if named && !slices.Contains(found, folder) {
				found = append(found, folder)
			}
		}
	}
	return found
}

// holdsSuite tells whether there is a suite in the folder: its source, or built.
func holdsSuite(folder string) bool {
	for _, pattern := range []string{"*_test.go", "*.test"} {
		if files, err := filepath.Glob(filepath.Join(folder, pattern)); err == nil && len(files) > 0 {
			return true
		}
	}
	return false
}
