package checks

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/internal/edits"
)

// Choose finds the checks that the words mean, in the catalogue's order; all of them
// without a word. A word is a check's name, an area or a pattern (path.Match) for the
// name, the area or the statement. One that means none is an error that names the
// nearest. What is named is asked, however long it takes (contract.Check.Thorough);
// "*" names all, and none in particular.
func Choose(words ...string) ([]contract.Check, error) {
	if len(words) == 0 {
		return All(), nil
	}
	for _, word := range words {
		if !slices.ContainsFunc(catalogue, func(check contract.Check) bool { return means(word, check.Name) }) {
			return nil, fmt.Errorf("no check %q; %s", word, edits.Hint(word, append(Names(), Areas()...)))
		}
	}
	chosen := slices.DeleteFunc(All(), func(check contract.Check) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return means(word, check.Name) })
	})
	for i, check := range chosen {
		named := func(word string) bool { return word != "*" && means(word, check.Name) }
		chosen[i].Thorough = check.Thorough && !slices.ContainsFunc(words, named)
	}
	return chosen, nil
}

// Names lists the names of all checks, in the catalogue's order.
func Names() []string {
	names := make([]string, len(catalogue))
	for i, check := range catalogue {
		names[i] = check.Name
	}
	return names
}

// means tells whether the word means the check of that name.
func means(word, name string) bool {
	area, statement, _ := strings.Cut(name, "/")
	if word == name || word == area {
		return true
	}
	if !strings.ContainsAny(word, "*?[") {
		return false
	}
	return slices.ContainsFunc([]string{name, area, statement}, func(text string) bool {
		ok, err := path.Match(word, text)
		return err == nil && ok
	})
}
