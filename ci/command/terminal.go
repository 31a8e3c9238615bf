package command

import (
	"io"
	"os"

	"golang.org/x/term"

	"github.com/bgcheck/bgcheck/harness/report"
)

// terminal is w when it is a terminal that a line can be drawn on, else nil.
func terminal(w io.Writer) *os.File {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return f
}

// columns is the width of the terminal now; of all else, what reports have.
func columns(f *os.File) int {
	if f != nil {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return report.Columns
}

// colour tells whether w wants colour.
func colour(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && report.Colour(f)
}
