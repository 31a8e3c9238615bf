package command

import (
	"fmt"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// versions judges on one Blender after the other, each with a report of its own
// below the out folder, and ends with a table and a page of all.
func (w *checkWord) versions(c *call, settings setup.Settings, list []string) error {
	if w.Watch || w.JSON {
		return Wrong.because("--watch and --json are for one Blender, and %d are named", len(list))
	}
	worst := Good
	all := &matrixWord{To: filepath.Join(settings.Out, report.PageName)}
	for _, version := range list {
		fmt.Fprintf(c.out, "\n== Blender %s\n", version)
		one := *w
		one.Blender, one.Out = version, filepath.Join(settings.Out, version)
		err := one.Run(c)
		c.tell(err)
		switch status := statusOf(err); status {
		case Wrong, Interrupted:
			return status.ended()
		default:
			worst = worse(worst, status)
		}
		all.Folders = append(all.Folders, one.Out)
	}
	fmt.Fprintln(c.out)
	return worse(worst, statusOf(all.Run(c))).ended()
}
