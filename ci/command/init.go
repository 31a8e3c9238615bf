package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

type initWord struct {
	Addon string `arg:"" predictor:"file" help:"The add-on: its folder, .py file or zip."`
	To    string `placeholder:"FILE" predictor:"file" help:"Write this file, and not bgcheck.yaml beside the add-on."`
	Print bool   `help:"Print the draft instead of writing it."`
}

// Run writes a first target file beside an add-on, and says what it found and
// what is left to say. A file that is there already is kept.
func (w *initWord) Run(c *call) error {
	text, notes, err := draftText(w.Addon, w.To)
	if err != nil {
		return Wrong.as(err)
	}
	if w.Print {
		_, err = c.out.Write(text)
		return err
	}
	file := w.To
	if file == "" {
		if file, err = draftFile(w.Addon); err != nil {
			return Wrong.as(err)
		}
	}
	switch err := create(file, text); {
	case errors.Is(err, fs.ErrExist):
		return Wrong.because("%s is there already and is kept; move it away to have it drafted anew,\n"+
			"name another one: bgcheck init --to %s %s\nor look at the draft: bgcheck init --print %s",
			file, filepath.Join(filepath.Dir(file), "another.yaml"), w.Addon, w.Addon)
	case err != nil:
		return CouldNot.because("write target file: %w", err)
	}
	here := setup.Settings{}
	if here.Base, err = os.Getwd(); err == nil {
		file = here.Show(file)
	}
	fmt.Fprintf(c.out, "wrote %s\n", file)
	for _, note := range notes {
		fmt.Fprintf(c.out, "  %s\n", note)
	}
	fmt.Fprintf(c.out, "look at the lines marked TODO, then: bgcheck check %s\n", file)
	return nil
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
