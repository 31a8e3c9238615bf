// Command write makes a first target file by reading an add-on's source:
//
//	go run ./harness/target/write path/to/addon
//
// The file, bgcheck.yaml, is put beside the add-on, and what was found and what
// is left to say is printed. A file that is there already is kept. With -print
// the draft goes to standard output; -check FILE only checks a target file;
// -keys and -schema print the table of keys and the JSON Schema.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/bgcheck/bgcheck/harness/target"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does what main says; a usage mistake is an error too.
func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("write", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	toOutput := flags.Bool("print", false, "")
	check := flags.String("check", "", "")
	keys := flags.Bool("keys", false, "")
	schema := flags.Bool("schema", false, "")
	if err := flags.Parse(args); err != nil {
		return fmt.Errorf("read arguments: %w; expected [-print] ADDON, -check FILE, -keys or -schema", err)
	}
	switch {
	case *keys:
		_, err := io.WriteString(out, target.Markdown())
		return err
	case *schema:
		_, err := out.Write(target.Schema())
		return err
	case *check != "":
		t, err := target.Load(*check)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s is right: target %s\n", t.Path, t.Name)
		return nil
	case flags.NArg() != 1:
		return errors.New("read arguments: expected the path of one add-on (folder, .py file or zip), as in ADDON=path/to/addon")
	}
	return write(flags.Arg(0), *toOutput, out)
}

// write drafts the target file of one add-on.
func write(addon string, toOutput bool, out io.Writer) error {
	text, notes, err := target.Draft(addon)
	if err != nil {
		return err
	}
	if toOutput {
		_, err := out.Write(text)
		return err
	}
	file, err := target.DraftFile(addon)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("write target file: %s is there already and is kept; move it away, or see the draft with -print", file)
	}
	if err != nil {
		return fmt.Errorf("write target file: %w", err)
	}
	if _, err = f.Write(text); err == nil {
		err = f.Close()
	}
	if err != nil {
		return fmt.Errorf("write target file: %w", err)
	}
	fmt.Fprintf(out, "wrote %s\n", file)
	for _, note := range notes {
		fmt.Fprintf(out, "  %s\n", note)
	}
	fmt.Fprintf(out, "look at the lines marked TODO, then: make check TARGET=%s\n", file)
	return nil
}
