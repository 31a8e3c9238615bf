package command

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/bgcheck/bgcheck/harness/report"
)

type versionWord struct{}

// Run prints which bgcheck this is.
func (versionWord) Run(c *call) error {
	v := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	fmt.Fprintf(c.out, "bgcheck %s (%s, %s/%s, report %s)\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH, report.Schema)
	return nil
}
