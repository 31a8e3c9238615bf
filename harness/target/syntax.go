package target

import (
	"regexp"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

var (
	yamlLine    = regexp.MustCompile(`line (\d+): `)
	yamlPrefix  = regexp.MustCompile(`^(yaml: )?((line|offset) \d+: )?`)
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
	line := 1
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	message := yamlPrefix.ReplaceAllString(err.Error(), "")
	line, column := s.cause(line, message)
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

// cause finds the place of a mistake. The parser names the line at which it
// gave up, or the line before the one where the mapping or list began.
func (s *source) cause(line int, message string) (at, column int) {
	switch {
	case strings.Contains(message, "',' or ']'"), strings.Contains(message, "',' or '}'"):
		line++
		text := s.line(line)
		return line, utf8.RuneCountInString(text[:max(strings.LastIndexAny(text, "[{"), 0)]) + 1
	case strings.Contains(message, "unexpected end of stream") && line >= len(s.all()):
		line = 1 // a quote begun in the first line: the parser names the last
	case strings.Contains(message, "unknown escape"):
		text := s.line(line)
		if m := unknownEscape.FindStringSubmatchIndex(text); m != nil {
			return line, utf8.RuneCountInString(text[:m[2]]) + 1
		}
	case strings.Contains(message, "unknown anchor"):
		alias := "*" + strings.Trim(unknownAnchor.FindString(message), "'")
		for i := range s.all() {
			if before, _, ok := strings.Cut(s.line(i+1), alias); ok {
				return i + 1, utf8.RuneCountInString(before) + 1
			}
		}
	default:
		line = s.firstWith(message, line)
	}
	return line, indent(s.line(line)) + 1
}

var (
	unknownEscape = regexp.MustCompile(`"[^"]*?(\\[^abefnrtvxuULNP0_ "/\\])`)
	unknownAnchor = regexp.MustCompile(`'[^']*'`)
)

// firstWith is the first line that, with those above it, gives the message: the
// line with the mistake, since the parser reads on from line to line.
func (s *source) firstWith(message string, otherwise int) int {
	lines := s.all()
	n := sort.Search(len(lines), func(n int) bool {
		var doc yaml.Node
		err := yaml.Unmarshal([]byte(strings.Join(lines[:n+1], "\n")), &doc)
		return err != nil && yamlPrefix.ReplaceAllString(err.Error(), "") == message
	})
	if n == len(lines) {
		return otherwise
	}
	return n + 1
}
