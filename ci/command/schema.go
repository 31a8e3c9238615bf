package command

import (
	"fmt"

	"github.com/bgcheck/bgcheck/harness/target"
)

type schemaWord struct {
	Keys  bool   `xor:"what" help:"Print the table of keys instead, as Markdown."`
	Check string `xor:"what" placeholder:"FILE" predictor:"file" help:"Say instead whether this target file is right. No Blender is needed."`
}

// Run prints the JSON Schema of target files, or the table of their keys, or
// judges a file by them.
func (w *schemaWord) Run(c *call) error {
	if w.Check != "" {
		under, err := target.Load(w.Check)
		if err != nil {
			return Wrong.as(err)
		}
		fmt.Fprintf(c.out, "%s is right: target %s\n", under.Path, under.Name)
		return nil
	}
	text := target.Schema()
	if w.Keys {
		text = []byte(target.Markdown())
	}
	_, err := c.out.Write(text)
	return err
}
