package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

func hint(word string, known []string) string { return setup.Hint(word, known) }

// list prints each check and what it asserts.
func list(c *call) int {
	if code, ok := c.parse(); !ok {
		return code
	}
	const width = 24
	for _, check := range checks.All() {
		name := check.Name
		for _, line := range report.Fold(check.True, report.Columns-width-1) {
			fmt.Fprintf(c.out, "%-*s %s\n", width, name, line)
			name = ""
		}
	}
	return 0
}

// explain prints all that the catalogue says of checks, or of all checks of an
// area.
func explain(c *call) int {
	if code, ok := c.parse(); !ok {
		return code
	}
	var names []string
	for _, check := range checks.All() {
		names = append(names, check.Name)
	}
	if c.flags.NArg() == 0 {
		fmt.Fprintf(c.errout, "bgcheck: say which check, as in: bgcheck explain %s (`bgcheck list` lists them)\n", names[0])
		return 2
	}
	first := true
	for _, word := range c.flags.Args() {
		found := checks.Area(word)
		if check, ok := checks.Find(word); ok {
			found = []contract.Check{check}
		}
		if len(found) == 0 {
			fmt.Fprintf(c.errout, "bgcheck: no check %q; %s\n", word, hint(word, append(names, checks.Areas()...)))
			return 1
		}
		for _, check := range found {
			if !first {
				fmt.Fprintln(c.out)
			}
			first = false
			fmt.Fprint(c.out, check.Explain())
		}
	}
	return 0
}

// version prints which bgcheck this is.
func version(c *call) int {
	if code, ok := c.parse(); !ok {
		return code
	}
	v := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		v = info.Main.Version
	}
	fmt.Fprintf(c.out, "bgcheck %s (%s, %s/%s, report %s)\n", v, runtime.Version(), runtime.GOOS, runtime.GOARCH, report.Schema)
	return 0
}
