package report

import (
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// View is where a text for people is read.
type View struct {
	// Width of the terminal in columns; 0: Columns.
	Width int
	// Colour: see the function Colour.
	Colour bool
	// Folder is the folder of the report as the reader should see it, "out" say.
	// Without it the text does not say where the report is.
	Folder string
}

// Columns is the width that text is laid out for where no other is known.
const Columns = 80

// Colour tells whether f is a terminal that wants colour: $NO_COLOR is not set
// and $TERM is not "dumb".
func Colour(f *os.File) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && info.Name() != filepath.Base(os.DevNull)
}

func (v View) width() int {
	if v.Width <= 0 {
		return Columns
	}
	return max(v.Width, 40)
}

// Codes of the colours of a terminal.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	cyan   = "\x1b[36m"
	reset  = "\x1b[0m"
)

func (v View) paint(colour, text string) string {
	if !v.Colour || colour == "" {
		return text
	}
	return colour + text + reset
}

// lines folds text behind a label, to at most limit lines; 0: all.
func (v View) lines(indent, label, text string, limit int) []string {
	folded := Fold(tabs.Replace(Clean(text)), v.width()-len(indent)-len(label))
	if limit > 0 && len(folded) > limit {
		folded = folded[:limit]
		folded[limit-1] = cut(folded[limit-1]+" ...", v.width()-len(indent)-len(label))
	}
	for i, line := range folded {
		folded[i] = Harmless(strings.TrimRight(indent+label+line, " "))
		label = strings.Repeat(" ", len(label))
	}
	return folded
}

var tabs = strings.NewReplacer("\t", "    ")

// line is one line of text, cut to the width.
func (v View) line(indent, text string) string {
	text = strings.Join(strings.Fields(Clean(text)), " ")
	return Harmless(indent + cut(text, v.width()-len(indent)))
}

// cut shortens text to limit characters; three dots stand for the rest.
func cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimRight(string([]rune(text)[:max(limit-3, 0)]), " .") + "..."
}

// rows is how many lines of the terminal the lines take.
func (v View) rows(lines []string) int {
	n := 0
	for _, line := range lines {
		n += max(1, (utf8.RuneCountInString(line)+v.width()-1)/v.width())
	}
	return n
}
