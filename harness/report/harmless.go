package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how many characters of one line reach a terminal. A path may be
// longer than the terminal is wide; a line of a megabyte is no use to anybody.
const maxShown = 1000

// Harmless makes one line of text, which may come from an add-on, fit to be
// shown: a terminal sees no control character and no line beyond 1000
// characters, and a CI service no command of its own (GitHub's ::error::, which
// counts at a line's begin, and the ##[...], ##vso[...] and ##teamcity[...] of
// others).
func Harmless(line string) string {
	line = commands.Replace(strings.ReplaceAll(Clean(line), "\n", " "))
	rest := strings.TrimLeftFunc(line, unicode.IsSpace)
	if strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\` + rest
	}
	if n := utf8.RuneCountInString(line); n > maxShown {
		line = fmt.Sprintf("%s... (%d characters)", string([]rune(line)[:maxShown]), n)
	}
	return line
}

var commands = strings.NewReplacer("##[", "# #[", "##vso[", "# #vso[", "##teamcity[", "# #teamcity[")
