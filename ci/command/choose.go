package command

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// checkNames are the names of all checks, in the catalogue's order.
func checkNames() []string {
	var names []string
	for _, check := range checks.All() {
		names = append(names, check.Name)
	}
	return names
}

// matches tells whether the word means the check of that name: the name itself,
// its area, or a pattern for the name, the area or the statement.
func matches(word, name string) bool {
	area, statement, _ := strings.Cut(name, "/")
	if word == name || word == area {
		return true
	}
	if !strings.ContainsAny(word, "*?[") {
		return false
	}
	for _, text := range []string{name, area, statement} {
		if ok, err := path.Match(word, text); err == nil && ok {
			return true
		}
	}
	return false
}

// choose finds the checks that the words mean, in the catalogue's order; all
// of them without a word. A word that means none is an error that names the
// nearest.
func choose(words []string) ([]contract.Check, error) {
	if len(words) == 0 {
		return checks.All(), nil
	}
	var chosen []contract.Check
	for _, word := range words {
		if !slices.ContainsFunc(checkNames(), func(name string) bool { return matches(word, name) }) {
			return nil, fmt.Errorf("no check %q; %s", word, setup.Hint(word, append(checkNames(), checks.Areas()...)))
		}
	}
	for _, check := range checks.All() {
		if slices.ContainsFunc(words, func(word string) bool { return matches(word, check.Name) }) {
			chosen = append(chosen, check)
		}
	}
	return chosen, nil
}

// skips are the reasons of the checks that the words (NAME or NAME=REASON)
// leave out.
func skips(words []string) (map[string]string, error) {
	reasons := map[string]string{}
	for _, word := range words {
		name, reason, given := strings.Cut(word, "=")
		chosen, err := choose([]string{name})
		if err != nil {
			return nil, err
		}
		if !given || strings.TrimSpace(reason) == "" {
			reason = "no reason was given"
		}
		for _, check := range chosen {
			reasons[check.Name] = "left out on the command line: " + reason
		}
	}
	return reasons, nil
}
