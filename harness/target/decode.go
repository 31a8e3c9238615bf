package target

import (
	"fmt"
	"reflect"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// maxNodes bounds what aliases can blow a small file up to.
const maxNodes = 100_000

// decoder walks YAML over the Target type, so that every mistake is found and
// has a place.
type decoder struct {
	*problems
	nodes  int
	active map[*yaml.Node]bool
}

// target decodes the whole file.
func (d *decoder) target(root *yaml.Node, t *Target) {
	node := d.resolve(root)
	if node == nil {
		return
	}
	if node.Kind != yaml.MappingNode {
		d.add(node.Line, node.Column, "%s where the whole target is expected; expected at least %s",
			describe(node), leastFile)
		d.isStrange("")
		return
	}
	d.structure(node, reflect.ValueOf(t).Elem(), "")
}

// resolve follows aliases. It returns nil, with the mistake reported, when they
// lead in a circle or are too many.
func (d *decoder) resolve(node *yaml.Node) *yaml.Node {
	d.nodes++
	if d.nodes > maxNodes {
		if d.nodes == maxNodes+1 {
			d.add(node.Line, node.Column, "the aliases in this file stand for more than %d values; expected a target file of a few lines", maxNodes)
		}
		return nil
	}
	for hops := 0; node.Kind == yaml.AliasNode; hops++ {
		if node.Alias == nil || hops > 10 || d.active[node.Alias] {
			d.add(node.Line, node.Column, "the alias *%s contains itself; expected an alias of something else", node.Value)
			return nil
		}
		node = node.Alias
	}
	return node
}

// into marks a node as being walked, until the function it returns is called.
func (d *decoder) into(node *yaml.Node) func() {
	if d.active == nil {
		d.active = map[*yaml.Node]bool{}
	}
	d.active[node] = true
	return func() { delete(d.active, node) }
}

// value decodes one node into v, which belongs to the key path.
func (d *decoder) value(node *yaml.Node, v reflect.Value, path string, tag reflect.StructTag) {
	d.note(path, node.Line, node.Column)
	use := node
	if node = d.resolve(node); node == nil {
		return
	}
	defer d.into(node)()
	if !d.plain(node) {
		return
	}
	if v.Type() == reflect.TypeFor[*Exchange]() {
		d.exchange(node, v, path)
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	expected := wanted(v.Type(), tag)
	if node.Tag == "!!null" && tag.Get("unit") != "payload" {
		d.add(use.Line, use.Column, "%s has no value; expected %s, or no such key at all", path, expected)
		return
	}
	switch {
	case tag.Get("unit") == "payload":
		v.SetString(d.payload(node, path))
	case v.Type() == reflect.TypeFor[time.Duration]() || v.Kind() == reflect.Float64 || v.Kind() == reflect.Int64:
		d.number(node, v, path, tag)
	case v.Kind() == reflect.String:
		if text, ok := d.text(node, path, expected); ok {
			v.SetString(text)
		}
	case v.Kind() == reflect.Struct:
		if d.kind(node, yaml.MappingNode, path, expected) {
			d.structure(node, v, path)
		}
	case v.Kind() == reflect.Slice:
		d.list(node, v, path, tag, expected)
	case v.Kind() == reflect.Map:
		d.mapping(node, v, path, expected)
	}
}

// structure decodes a mapping into a struct by its yaml tags.
func (d *decoder) structure(node *yaml.Node, v reflect.Value, path string) {
	fields := fieldsOf(v.Type())
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, e := range d.entries(node, path) {
		index, known := fields[e.name]
		switch {
		case known:
			d.value(e.value, v.Field(index), join(path, e.name), v.Type().Field(index).Tag)
		case path == "" && strings.HasPrefix(e.name, "x-"):
		default:
			d.unknown(e, v.Type(), path, keys)
		}
	}
}

// unknown reports a key that the struct has not.
func (d *decoder) unknown(e entry, in reflect.Type, path string, keys []string) {
	d.isStrange(path)
	if d.full() {
		return
	}
	hint := didYouMean(e.name, keys)
	if in == reflect.TypeFor[Exchange]() && hint == "" {
		hint = "; to send this mapping as JSON write it under \"request:\""
	}
	if hint == "" {
		if place := placeOf(e.name, path); place != "" {
			hint = "; did you mean " + place + "?"
		}
	}
	where := ""
	if path != "" {
		where = " in " + path
	}
	d.add(e.key.Line, e.key.Column, "unknown key %q%s; expected one of %s%s", e.name, where, quoted(keys), hint)
}

// list decodes a YAML list.
func (d *decoder) list(node *yaml.Node, v reflect.Value, path string, tag reflect.StructTag, expected string) {
	if node.Kind == yaml.ScalarNode && v.Type().Elem().Kind() == reflect.String {
		d.add(node.Line, node.Column, "%s is a single text; expected %s; write %s: %s",
			path, expected, lastKey(path), asList(node.Value, path))
		return
	}
	if !d.kind(node, yaml.SequenceNode, path, expected) {
		return
	}
	out := reflect.MakeSlice(v.Type(), len(node.Content), len(node.Content))
	for i, item := range node.Content {
		d.value(item, out.Index(i), fmt.Sprintf("%s[%d]", path, i), tag)
	}
	v.Set(out)
}

// mapping decodes a mapping of names to texts.
func (d *decoder) mapping(node *yaml.Node, v reflect.Value, path, expected string) {
	if path == "skip" && node.Kind != yaml.MappingNode {
		d.add(node.Line, node.Column, "skip is %s; expected each check with its reason; write skip: {%s: \"why\"}",
			describe(node), firstText(node, "exec/slow"))
		return
	}
	if !d.kind(node, yaml.MappingNode, path, expected) {
		return
	}
	out := reflect.MakeMap(v.Type())
	for _, e := range d.entries(node, path) {
		at := join(path, e.name)
		d.note(at, e.key.Line, e.key.Column)
		value := d.resolve(e.value)
		if value == nil || !d.plain(value) {
			continue
		}
		if value.Tag == "!!null" {
			what := `a text; write "" for an empty one`
			if path == "skip" {
				what = "the reason for skipping it"
			}
			d.add(e.key.Line, e.key.Column, "%s has no value; expected %s", at, what)
			continue
		}
		if text, ok := d.text(value, at, "a text"); ok {
			out.SetMapIndex(reflect.ValueOf(e.name), reflect.ValueOf(text))
		}
	}
	v.Set(out)
}

// exchange decodes a request, short (a string) or long (a mapping).
func (d *decoder) exchange(node *yaml.Node, v reflect.Value, path string) {
	e := &Exchange{}
	v.Set(reflect.ValueOf(e))
	const expected = "a text that is sent as it is, or a mapping with the key request"
	switch {
	case node.Kind == yaml.ScalarNode && node.Tag != "!!null":
		e.Request = node.Value
		d.note(path+".request", node.Line, node.Column)
	case d.kind(node, yaml.MappingNode, path, expected):
		d.structure(node, v.Elem(), path)
	default:
		v.SetZero()
	}
}
