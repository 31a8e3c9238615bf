package target

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

var (
	bareHolder  = regexp.MustCompile(`(?:^|[\s:,\[])(\{[a-z]+(?::\w+)?\})[^\s,}\]"']`)
	needsQuotes = regexp.MustCompile(`:\s+[@%` + "`" + `]`)
)

// remedies are for messages of the parser, by a part of each.
var remedies = map[string]string{
	"',' or ']'":                 "a ] that ends the list begun with [ here or above",
	"',' or '}'":                 "a } that ends the mapping begun with { here or above; text with { in it stands in quotes",
	"unexpected end of stream":   "the quote that ends the text begun here",
	"mapping values are not":     `quotes around a text that holds ": ", or the key one line down and indented`,
	"did not find expected key":  "keys of one mapping indented alike, and text that begins with a quote to end with it",
	"did not find expected '-'":  "every item of the list to begin with \"- \", indented alike",
	"unknown anchor":             "an anchor (&name) above its alias (*name); a text that begins with * stands in quotes",
	"unknown escape character":   "single quotes, in which \\ is an ordinary letter",
	"did not find expected node": "a value after the comma, colon or bracket",
}

// syntax reports an error of the YAML parser, with the likely cause.
func (s *source) syntax(p *problems, err error) {
	message, line, column := err.Error(), 1, 1
	var failed *yaml.LoadError
	if errors.As(err, &failed) {
		message = failed.Message
		line, column = s.cause(failed)
	}
	if above := s.lastText(line); strings.Contains(message, "mapping values") && above < line &&
		indent(s.line(above)) < indent(s.line(line)) && !strings.Contains(s.line(above), ":") {
		// A key without its colon, which the parser reads on as text of two lines.
		message, line, column = "could not find expected ':'", above, indent(s.line(above))+1
	}
	for _, at := range []int{line, line - 1, line + 1} {
		text := s.line(at)
		if m := bareHolder.FindStringSubmatchIndex(text); m != nil {
			p.add(at, utf8.RuneCountInString(text[:m[2]])+1, "not YAML: %s; expected the whole text in quotes, as in \"%s...\": an unquoted { begins a mapping",
				message, text[m[2]:m[3]])
			return
		}
		if needsQuotes.MatchString(text) {
			p.add(at, utf8.RuneCountInString(text[:needsQuotes.FindStringIndex(text)[1]]), "not YAML: %s; expected a text that begins with @, %% or ` in quotes", message)
			return
		}
	}
	expected := `"key: value" lines, indented by spaces`
	for part, remedy := range remedies {
		if strings.Contains(message, part) {
			expected = remedy
		}
	}
	p.add(line, column, "not YAML: %s; expected %s", message, expected)
}

// indent counts the white space before a line's text.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// cause is the place of a mistake. The parser names where it gave up, and for
// some mistakes where that began which it could not finish.
func (s *source) cause(err *yaml.LoadError) (line, column int) {
	has := func(part string) bool { return strings.Contains(err.Message, part) }
	switch {
	case has("',' or ']'"), has("',' or '}'"):
		return err.ContextMark.Line, err.ContextMark.Column
	case has("unknown escape"), has("unknown anchor"):
		return err.Mark.Line, err.Mark.Column
	case has("unexpected end of stream"), has("could not find expected ':'"):
		line = err.ContextMark.Line
	default:
		line = err.Mark.Line
	}
	if line > 1 && strings.TrimSpace(strings.Join(s.all()[min(line, len(s.all()))-1:], "")) == "" {
		line = s.lastText(line) // the parser came to the end: the mistake is before it
	}
	return line, indent(s.line(line)) + 1
}

// lastText is the last line before n that holds more than a comment; 1 when none does.
func (s *source) lastText(n int) int {
	for n--; n > 1; n-- {
		if text := strings.TrimSpace(s.line(n)); text != "" && text[0] != '#' {
			break
		}
	}
	return max(n, 1)
}
