package target

import (
	"fmt"
	"sort"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

// Problem is one mistake in a target file.
type Problem struct {
	// Line and Column count from 1; both are 0 for a target built in Go.
	// Columns count characters.
	Line, Column int
	// Message says what is wrong, what was expected, and where one is near,
	// the valid word.
	Message string
}

// Errors are all mistakes found in one target file, in the order of its lines.
type Errors struct {
	// File as it was given to Load; empty for a target built in Go.
	File     string
	Problems []Problem
}

// Error is one line per mistake: FILE:LINE:COLUMN: message.
func (e *Errors) Error() string {
	lines := make([]string, 0, len(e.Problems))
	for _, p := range e.Problems {
		place := "target"
		if p.Line > 0 {
			place = fmt.Sprintf("%s:%d:%d", e.File, p.Line, p.Column)
		}
		lines = append(lines, place+": "+p.Message)
	}
	return strings.Join(lines, "\n")
}

// problems collects mistakes; positions of key paths let checks of the decoded
// Target speak of the place in the file.
type problems struct {
	list []Problem
	at   map[string]position
	// strange holds the paths of mappings with unknown keys: what seems to be
	// missing there may only be misspelt.
	strange map[string]bool
	bad     map[string]bool
	seen    int
}

// maxProblems are reported of one file.
const maxProblems = 100

type position struct{ line, column int }

func (p *problems) add(line, column int, format string, args ...any) {
	if p.full() {
		return
	}
	problem := Problem{line, column, plain.Line(fmt.Sprintf(format, args...), maxMessage)}
	for _, known := range p.list {
		if known == problem {
			return
		}
	}
	p.list = append(p.list, problem)
}

// maxMessage is the length of a message, in characters.
const maxMessage = 1000

// note remembers where the value at a key path ("launch.start", "requires[0]") stands.
func (p *problems) note(path string, line, column int) {
	if p.at == nil {
		p.at = map[string]position{}
	}
	if _, known := p.at[path]; !known {
		p.at[path] = position{line, column}
	}
}

// addAt reports a mistake at a key path, or at the nearest path above it that
// is in the file.
func (p *problems) addAt(path, format string, args ...any) {
	for at := path; ; {
		if pos, ok := p.at[at]; ok {
			p.add(pos.line, pos.column, format, args...)
			return
		}
		if at == "" {
			p.add(p.first().line, p.first().column, format, args...)
			return
		}
		at = at[:max(strings.LastIndexAny(at, ".["), 0)]
	}
}

// first is where mistakes of the whole file are shown.
func (p *problems) first() position {
	if len(p.at) == 0 {
		return position{}
	}
	return position{1, 1}
}

// isStrange notes a mapping with an unknown key.
func (p *problems) isStrange(path string) {
	if p.strange == nil {
		p.strange = map[string]bool{}
	}
	p.strange[path] = true
}

// given says whether the file holds the key path.
func (p *problems) given(path string) bool {
	_, ok := p.at[path]
	return ok
}

// err is nil when nothing was reported.
func (p *problems) err(file string) error {
	if len(p.list) == 0 {
		return nil
	}
	sort.SliceStable(p.list, func(i, j int) bool {
		a, b := p.list[i], p.list[j]
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return &Errors{File: file, Problems: p.list}
}

// broken says whether a mistake was reported at or below the key path, so that
// nothing more need be said about it.
func (p *problems) broken(path string) bool {
	if p.seen != len(p.list) {
		p.seen, p.bad = len(p.list), map[string]bool{}
		places := map[position]bool{}
		for _, problem := range p.list {
			places[position{problem.Line, problem.Column}] = true
		}
		for at, place := range p.at {
			for places[place] && at != "" && !p.bad[at] {
				p.bad[at] = true
				at = at[:max(strings.LastIndexAny(at, ".["), 0)]
			}
		}
	}
	return p.bad[path]
}

// full says whether so many mistakes were found that no more are looked for.
func (p *problems) full() bool { return len(p.list) >= maxProblems }
