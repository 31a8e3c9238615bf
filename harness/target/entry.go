package target

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// entry is one key of a mapping.
type entry struct {
	name       string
	key, value *yaml.Node
}

// entries lists the keys of a mapping in order, with merge keys (<<) worked in:
// what the mapping says itself goes before what it merges. Keys that are given
// twice are reported.
func (d *decoder) entries(node *yaml.Node, path string) []entry {
	var list, merged []entry
	seen := map[string]*yaml.Node{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if key.Tag == "!!merge" {
			merged = append(merged, d.merge(value, path)...)
			continue
		}
		if key = d.resolve(key); key == nil {
			continue
		}
		if key.Kind != yaml.ScalarNode {
			d.add(key.Line, key.Column, "%s as a key; expected a word, in quotes when it begins with { or [", describe(key))
			continue
		}
		if first, twice := seen[key.Value]; twice {
			d.add(key.Line, key.Column, "the key %q is given twice, first in line %d; expected it once", key.Value, first.Line)
			continue
		}
		seen[key.Value] = key
		list = append(list, entry{key.Value, key, value})
	}
	for _, e := range merged {
		if seen[e.name] == nil {
			seen[e.name] = e.key
			list = append(list, e)
		}
	}
	return list
}

// merge lists what a merge key brings in.
func (d *decoder) merge(value *yaml.Node, path string) []entry {
	node := d.resolve(value)
	if node == nil {
		return nil
	}
	defer d.into(node)()
	switch node.Kind {
	case yaml.MappingNode:
		return d.entries(node, path)
	case yaml.SequenceNode:
		var list []entry
		for _, item := range node.Content {
			list = append(list, d.merge(item, path)...)
		}
		return list
	}
	d.add(node.Line, node.Column, "%s to merge; expected an alias of a mapping, as in <<: *common", describe(node))
	return nil
}

// fieldsOf maps the yaml keys of a struct type to its fields.
func fieldsOf(t reflect.Type) map[string]int {
	fields := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" && key != "-" {
			fields[key] = i
		}
	}
	return fields
}

// placeOf finds a key that is unknown here in another part of Target.
func placeOf(name, path string) string {
	root := reflect.TypeFor[Target]()
	if _, ok := fieldsOf(root)[name]; ok && path != "" {
		return fmt.Sprintf("%q at the top level, with no indentation", name)
	}
	for _, part := range []string{"launch", "service", "budgets"} {
		if _, ok := fieldsOf(root.Field(fieldsOf(root)[part]).Type)[name]; ok {
			return fmt.Sprintf("%q", part+"."+name)
		}
	}
	if part := map[string]string{"script_args": "launch.args", "entrypoint": "launch.start", "url": "service.path", "timeout": "budgets.ready"}[name]; part != "" {
		return fmt.Sprintf("%q", part)
	}
	return ""
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// lastKey is the key that a path ends in.
func lastKey(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// asList writes a text as the list that was meant.
func asList(text, path string) string {
	items := []string{text}
	switch lastKey(path) {
	case "args", "flags", "command":
		items = strings.Fields(text)
	case "requires", "bundled", "blender":
		items = regexp.MustCompile(`[,;]\s*`).Split(text, -1)
	}
	if len(items) > 8 {
		return "[...]"
	}
	for i := range items {
		items[i] = fmt.Sprintf("%q", items[i])
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// firstText is the first scalar in a node.
func firstText(node *yaml.Node, otherwise string) string {
	if node.Kind == yaml.ScalarNode && node.Value != "" {
		return node.Value
	}
	if node.Kind == yaml.SequenceNode && len(node.Content) > 0 && node.Content[0].Kind == yaml.ScalarNode {
		return node.Content[0].Value
	}
	return otherwise
}
