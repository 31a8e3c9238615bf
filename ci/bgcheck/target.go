package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	drafting "github.com/bgcheck/bgcheck/harness/draft"
	"github.com/bgcheck/bgcheck/harness/target"
)

// draft writes a first target file beside an add-on, and says what it found
// and what is left to say. A file that is there already is kept.
func draft(c *call) int {
	var toOutput bool
	var check, to string
	c.flags.BoolVar(&toOutput, "print", false, "print the draft instead of writing it")
	c.flags.StringVar(&check, "check", "", "only check this target `file`")
	c.flags.StringVar(&to, "to", "", "write this `file`, and not bgcheck.yaml beside the add-on")
	if code, ok := c.parse(); !ok {
		return code
	}
	if check != "" && c.flags.NArg() == 0 {
		under, err := target.Load(check)
		if err != nil {
			return c.fail(err.Error())
		}
		fmt.Fprintf(c.out, "%s is right: target %s\n", under.Path, under.Name)
		return 0
	}
	if check != "" || c.flags.NArg() != 1 || c.flags.Arg(0) == "" {
		fmt.Fprintln(c.errout, "bgcheck: name one add-on (its folder, .py file or zip), as in: make target ADDON=path/to/addon")
		return 2
	}
	addon := c.flags.Arg(0)
	text, notes, err := drafting.Text(addon, to)
	if err != nil {
		return c.fail(err.Error())
	}
	if toOutput {
		_, _ = c.out.Write(text)
		return 0
	}
	file := to
	if file == "" {
		if file, err = drafting.File(addon); err != nil {
			return c.fail(err.Error())
		}
	}
	switch err := create(file, text); {
	case errors.Is(err, fs.ErrExist):
		return c.fail(file+" is there already and is kept; move it away to have it drafted anew,",
			"name another one with TARGET="+filepath.Join(filepath.Dir(file), "another.yaml")+" (-to),", "or look at the draft: go tool bgcheck target -print "+addon)
	case err != nil:
		return c.fail("write target file: " + err.Error())
	}
	fmt.Fprintf(c.out, "wrote %s\n", file)
	for _, note := range notes {
		fmt.Fprintf(c.out, "  %s\n", note)
	}
	fmt.Fprintf(c.out, "look at the lines marked TODO, then: make check TARGET=%s\n", file)
	return 0
}

// create writes a file that must not be there yet; one that cannot be written
// whole is taken away again.
func create(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		_ = os.Remove(file)
	}
	return err
}

// schema prints the JSON Schema of target files, for editors, or the table of
// their keys.
func schema(c *call) int {
	var keys bool
	c.flags.BoolVar(&keys, "keys", false, "print the table of keys instead, as Markdown")
	if code, ok := c.parse(); !ok {
		return code
	}
	if c.flags.NArg() > 0 {
		return c.unexpected()
	}
	text := target.Schema()
	if keys {
		text = []byte(target.Markdown())
	}
	_, _ = c.out.Write(text)
	return 0
}
