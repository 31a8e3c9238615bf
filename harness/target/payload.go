package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

// payload is the text of a request: a scalar as it is written, anything else as
// JSON in one line.
func (d *decoder) payload(node *yaml.Node, path string) string {
	if node.Kind == yaml.ScalarNode {
		if node.Tag == "!!null" {
			d.add(node.Line, node.Column, "%s has no value; expected the text or the mapping to send", path)
			return ""
		}
		return node.Value
	}
	if d.unquoted(node, path) {
		return ""
	}
	var out bytes.Buffer
	d.json(&out, node, path)
	return out.String()
}

// addIn reports a mistake somewhere in the value at a key path.
func (d *decoder) addIn(path string, node *yaml.Node, format string, args ...any) {
	d.note(fmt.Sprintf("%s.%d:%d", path, node.Line, node.Column), node.Line, node.Column)
	d.add(node.Line, node.Column, format, args...)
}

// unquoted reports a placeholder without its quotes.
func (d *decoder) unquoted(node *yaml.Node, path string) bool {
	holder := bareHolderOf(node)
	if holder == "" || !slices.Contains(placeholdersOf(path), strings.Trim(holder, "{}")) {
		return false
	}
	d.addIn(path, node, "%s holds %s without quotes, which YAML reads as a mapping; expected quotes: write %q", path, holder, holder)
	return true
}

// json writes a node as JSON, its keys in the order of the file.
func (d *decoder) json(out *bytes.Buffer, use *yaml.Node, path string) {
	node := d.resolve(use)
	if node == nil || !d.plain(node) || d.unquoted(node, path) {
		out.WriteString("null")
		return
	}
	defer d.into(node)()
	switch node.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i, e := range d.entries(node, path) {
			if i > 0 {
				out.WriteString(", ")
			}
			out.WriteString(plain.JSON(e.name))
			out.WriteString(": ")
			d.json(out, e.value, path)
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, item := range node.Content {
			if i > 0 {
				out.WriteString(", ")
			}
			d.json(out, item, path)
		}
		out.WriteByte(']')
	default:
		d.jsonScalar(out, node, path)
	}
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// jsonScalar writes one value. Numbers that JSON can write stay as written.
func (d *decoder) jsonScalar(out *bytes.Buffer, node *yaml.Node, path string) {
	switch node.Tag {
	case "!!null":
		out.WriteString("null")
		return
	case "!!bool":
		var b bool
		if node.Decode(&b) == nil {
			out.WriteString(strconv.FormatBool(b))
			return
		}
	case "!!int", "!!float":
		if jsonNumber.MatchString(node.Value) {
			out.WriteString(node.Value)
			return
		}
		var number any
		if node.Decode(&number) == nil {
			if text, err := json.Marshal(number); err == nil {
				out.Write(text)
				return
			}
		}
		d.addIn(path, node, "%s holds %s, which JSON has no number for; expected a number, or the text in quotes", path, node.Value)
		return
	}
	out.WriteString(plain.JSON(node.Value))
}
