package command

import (
	"fmt"
	"io"

	"github.com/bgcheck/bgcheck/harness/report"
)

// conclude says at the end of a run what did not pass, once each, then the count
// and where the report is. place is the out folder as the reader should see it.
func conclude(w io.Writer, r *report.Report, place string) {
	fmt.Fprintln(w)
	report.Conclusion(w, r, report.View{Width: columns(terminal(w)), Colour: colour(w), Folder: place})
}
