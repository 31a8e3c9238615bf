package report

import (
	"fmt"
	"strings"
)

// sentence says how many of the targets stand how.
func (p *document) sentence() string {
	count := map[Verdict]int{}
	for _, t := range p.Targets {
		count[t.Word]++
	}
	var parts []string
	for _, one := range []struct {
		n    int
		word string
	}{{count[Fail], "failed"}, {count[Inconclusive], "could not be judged"}, {count[Pass] + count[Warn], "passed"}} {
		if one.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", one.n, one.word))
		}
	}
	return strings.Join(parts, ", ") + "."
}

// sentence says how the target stands, for who reads no further.
func (t *pageTarget) sentence() string {
	if len(t.Columns) > 1 {
		return t.sentenceOfSeveral()
	}
	c := t.Columns[0]
	failed, tried := c.Count(Fail), len(c.Checks)-c.Count(Skip)
	switch {
	case failed > 0:
		text := fmt.Sprintf("%d of %s failed", failed, checksIn(tried))
		if n := len(t.Findings); n == 1 && failed > 1 {
			text += ", for one cause"
		} else if n < failed {
			text += fmt.Sprintf(", for %d causes", n)
		}
		return text + "."
	case c.Err() == nil && c.Count(Warn) > 0:
		return fmt.Sprintf("It passed %s, with %s.", checksIn(c.Count(Pass)), plural(c.Count(Warn), "warning"))
	case c.Err() == nil:
		return fmt.Sprintf("It passed all %s that were tried.", checksIn(tried))
	case c.Count(Inconclusive) > 0:
		return fmt.Sprintf("Not all could be judged: %d of %s inconclusive.", c.Count(Inconclusive), checksIn(tried))
	}
	return "It was not judged: " + strings.TrimSuffix(Clean(c.Err().Error()), ".") + "."
}

func (t *pageTarget) sentenceOfSeveral() string {
	var failed, good, open []string
	for _, c := range t.Columns {
		switch c.Word() {
		case Fail:
			failed = append(failed, c.Name)
		case Pass, Warn:
			good = append(good, c.Name)
		default:
			open = append(open, c.Name)
		}
	}
	var parts []string
	for _, one := range []struct {
		word  string
		names []string
	}{{"fails on", failed}, {"could not be judged on", open}, {"passes on", good}} {
		switch {
		case len(one.names) == len(t.Columns):
			return "It " + one.word + " " + some(one.names, 6) + "."
		case len(one.names) > 0:
			parts = append(parts, one.word+" "+some(one.names, 6))
		}
	}
	return "It " + strings.Join(parts, "; ") + "."
}

// who says in which circumstances it was judged.
func (t *pageTarget) who() string {
	c := t.Columns[0]
	text := c.StartedBy
	if len(t.Columns) == 1 {
		for _, part := range []string{c.Name, c.Blender.Image, c.Blender.Path, c.Backend} {
			if part != "" {
				text += ", " + part
			}
		}
	}
	if !c.Started.IsZero() {
		text += ", " + c.Started.UTC().Format("2 January 2006 15:04 UTC")
	}
	if c.Seconds > 0 {
		text += fmt.Sprintf(", %.1f s", c.Seconds)
	}
	return strings.TrimPrefix(text, ", ")
}

func checksIn(n int) string { return plural(n, "check") }

func plural(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
