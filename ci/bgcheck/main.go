// Command bgcheck is what stands around the suites: it looks whether they can
// run, prints their table, and explains the checks.
//
//	bgcheck doctor                       can the suites run here?
//	bgcheck table                        print the report's table
//	bgcheck list                         list the checks
//	bgcheck explain exec/takes-effect    what a check means, and what to do
//	bgcheck target path/to/addon         write a first target file for an add-on
//	bgcheck schema                       print the JSON Schema of target files
//	bgcheck proof                        print which check caught which wrong fixture
//	bgcheck bench                        measure the keep-alive beside its competitors
//	bgcheck matrix out/matrix/*          print check by Blender version
//	bgcheck package                      build the reference add-on's packages
//	bgcheck version                      which bgcheck this is
//
// The checks themselves are run by ginkgo ./suites/... or go test ./suites/...
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// command is one word after bgcheck.
type command struct {
	name, args, help string
	run              func(c *call) int
}

// call is one use of a command.
type call struct {
	args        []string
	flags       *flag.FlagSet
	out, errout io.Writer
}

func commands() []command {
	return []command{
		{"doctor", "[flags]", "say whether the suites can run here, and what to do if not", doctor},
		{"table", "[flags]", "print the last run's table; exit 1 unless all is well", table},
		{"list", "", "list the checks and what each asserts", list},
		{"explain", "CHECK...", "say what a check asserts, why, how it measures, how to fix it", explain},
		{"target", "[flags] ADDON", "write a first target file (bgcheck.yaml) by reading an add-on", draft},
		{"schema", "[flags]", "print the JSON Schema of target files", schema},
		{"proof", "[flags]", "print which check caught which wrong fixture", proof},
		{"bench", "[flags]", "measure the keep-alive beside the seeds' pattern and the limit", benchmark},
		{"matrix", "FOLDER...", "print check by version from one report folder a version", matrix},
		{"package", "[flags]", "build the reference add-on's packages: an add-on zip and a 4.2+ extension", pack},
		{"version", "", "print the version", version},
	}
}

// run is main without the process. Exit codes: 0 good, 1 not good, 2 the
// command line was not understood.
func run(args []string, out, errout io.Writer) int {
	if len(args) == 0 {
		usage(errout)
		return 2
	}
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
		if args[0] != c.name {
			continue
		}
		flags := flag.NewFlagSet("bgcheck "+c.name, flag.ContinueOnError)
		flags.SetOutput(errout)
		flags.Usage = func() {
			fmt.Fprintf(errout, "Usage: bgcheck %s %s\n%s\n", c.name, c.args, c.help)
			flags.PrintDefaults()
		}
		return c.run(&call{args: args[1:], flags: flags, out: out, errout: errout})
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "-help" || args[0] == "--help" {
		usage(out)
		return 0
	}
	fmt.Fprintf(errout, "bgcheck: no command %q; %s\n", args[0], hint(args[0], names))
	return 2
}

func usage(w io.Writer) {
	fmt.Fprint(w, "bgcheck proves a Blender add-on right or wrong in background mode.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  bgcheck %-18s %s\n", c.name+" "+c.args, c.help)
	}
	fmt.Fprint(w, "\nThe checks are run by `ginkgo ./suites/...` or `go test ./suites/...`.\n"+
		"`bgcheck COMMAND -h` lists a command's flags.\n")
}

// parse reads the flags; ok is false when the command is to end with code.
func (c *call) parse() (code int, ok bool) {
	switch err := c.flags.Parse(c.args); {
	case err == nil:
		return 0, true
	case errors.Is(err, flag.ErrHelp):
		return 0, false
	default:
		return 2, false
	}
}

// fail says what is wrong, in one line each.
func (c *call) fail(lines ...string) int {
	for _, line := range lines {
		fmt.Fprintln(c.errout, "bgcheck: "+line)
	}
	return 1
}
