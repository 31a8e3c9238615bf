package edits

import (
	"fmt"
	"slices"
	"strings"
)

// Hint helps after a word that is none of known: the words nearest to it, or
// when none is near, a few of them all.
func Hint(word string, known []string) string {
	if near := nearest(word, known); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	if len(known) > 8 {
		return "`bgcheck list` lists them"
	}
	return "one of: " + strings.Join(known, ", ")
}

// nearest lists up to three of known that are like word, the likest first: alone
// those whose statement it is.
func nearest(word string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	word = strings.ToLower(word)
	for _, name := range known {
		d := Distance(word, strings.ToLower(name))
		_, statement, _ := strings.Cut(name, "/")
		if word != "" && (strings.Contains(name, word) || statement != "" && strings.Contains(word, statement)) {
			d = min(d, 1)
		}
		if statement != "" {
			d = min(d, Distance(word, statement)+1)
			if word == statement {
				d = 0
			}
		}
		if d <= max(2, len(word)/3) {
			near = append(near, candidate{name, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return a.distance - b.distance })
	if len(near) > 0 && near[0].distance == 0 {
		near = slices.DeleteFunc(near, func(c candidate) bool { return c.distance > 0 })
	}
	var names []string
	for _, c := range near[:min(3, len(near))] {
		names = append(names, c.name)
	}
	return names
}

// Require fails with a hint when word is none of known; what says what it is.
func Require(what, word string, known []string) error {
	if slices.Contains(known, word) {
		return nil
	}
	return fmt.Errorf("no %s %q; %s", what, word, Hint(word, known))
}
