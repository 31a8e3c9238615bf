package target

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// plain says whether a node is of a kind that YAML itself defines; tags of
// somebody's own are reported.
func (d *decoder) plain(node *yaml.Node) bool {
	switch node.Tag {
	case "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp", "!!map", "!!seq", "!!merge", "":
		return true
	}
	d.add(node.Line, node.Column, "the tag %s; expected a plain value", node.Tag)
	return false
}

// kind reports a node that is not of the kind wanted.
func (d *decoder) kind(node *yaml.Node, kind yaml.Kind, path, expected string) bool {
	if node.Kind == kind {
		return true
	}
	d.add(node.Line, node.Column, "%s is %s; expected %s", path, describe(node), expected)
	return false
}

// text is a scalar as it is written: 8080 and true are texts too.
func (d *decoder) text(node *yaml.Node, path, expected string) (string, bool) {
	if node.Kind == yaml.ScalarNode {
		return node.Value, true
	}
	if hint := quoteHint(node, lastKey(path)); hint != "" {
		d.add(node.Line, node.Column, "%s is %s, because an unquoted { begins one in YAML; expected %s; %s",
			path, describe(node), expected, hint)
		return "", false
	}
	return "", d.kind(node, yaml.ScalarNode, path, expected)
}

// bareHolderOf is the placeholder that a node is when its quotes were left out:
// YAML reads {port} as a mapping of port to nothing.
func bareHolderOf(node *yaml.Node) string {
	if node.Kind != yaml.MappingNode || node.Style&yaml.FlowStyle == 0 || len(node.Content) != 2 {
		return ""
	}
	key, value := node.Content[0], node.Content[1]
	if key.Kind != yaml.ScalarNode || value.Kind != yaml.ScalarNode || value.Tag != "!!null" || value.Value != "" {
		return ""
	}
	return "{" + key.Value + "}"
}

func quoteHint(node *yaml.Node, key string) string {
	holder := bareHolderOf(node)
	if holder == "" {
		return ""
	}
	if key == "" || strings.Contains(key, "[") {
		return fmt.Sprintf("write %q in quotes", holder)
	}
	return fmt.Sprintf("write %s: %q", key, holder)
}

// describe says what a node is.
func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.ScalarNode:
		if node.Tag == "!!null" {
			return "nothing"
		}
		text := []rune(node.Value)
		if len(text) > 40 {
			return fmt.Sprintf("the text %q", string(text[:40])+"...")
		}
		return fmt.Sprintf("the text %q", node.Value)
	}
	return "something else"
}

// wanted says in words what a field takes.
func wanted(t reflect.Type, tag reflect.StructTag) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a time such as 5s, 500ms or 1m30s"
	case tag.Get("unit") == "share":
		return `a share of one core such as "2%" or 0.02`
	case tag.Get("unit") == "rate":
		return "a number such as 200"
	case tag.Get("unit") == "bytes":
		return `a size such as "8MiB", or a number of bytes`
	case t.Kind() == reflect.String && tag.Get("words") != "":
		return quoted(strings.Split(tag.Get("words"), ","))
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "a list of mappings with the keys " + quoted(keysIn(t.Elem()))
	case t.Kind() == reflect.Slice:
		return "a list of texts"
	case t.Kind() == reflect.Map:
		return "a mapping of names to texts"
	case t.Kind() == reflect.Struct:
		return "a mapping with the keys " + quoted(keysIn(t))
	}
	return "a text"
}

// keysIn are the keys of a struct, in its order.
func keysIn(t reflect.Type) []string {
	var keys []string
	for field := range structFields(t) {
		keys = append(keys, keyOf(field))
	}
	return keys
}

// number decodes times, shares, rates and sizes.
func (d *decoder) number(node *yaml.Node, v reflect.Value, path string, tag reflect.StructTag) {
	expected := wanted(v.Type(), tag)
	if !d.kind(node, yaml.ScalarNode, path, expected) {
		return
	}
	var err error
	switch {
	case v.Type() == reflect.TypeFor[time.Duration]():
		var n time.Duration
		n, err = parseTime(node.Value)
		v.SetInt(int64(n))
	case tag.Get("unit") == "bytes":
		var n int64
		n, err = parseSize(node.Value)
		v.SetInt(n)
	case tag.Get("unit") == "share":
		var n float64
		n, err = parseShare(node.Value)
		v.SetFloat(n)
	default:
		var n float64
		n, err = parseRate(node.Value)
		v.SetFloat(n)
	}
	if err != nil {
		hint := ""
		if meant := quantityMeant(node.Value, tag.Get("unit")); meant != "" {
			hint = fmt.Sprintf("; did you mean %q?", meant)
		}
		d.add(node.Line, node.Column, "%s is %q, %v; expected %s%s", path, short(node.Value), err, expected, hint)
	}
}

func short(text string) string {
	if runes := []rune(text); len(runes) > 60 {
		return string(runes[:60]) + "..."
	}
	return text
}

var quantityParts = regexp.MustCompile(`^\s*([0-9]+(?:[.,][0-9]+)?)\s*([A-Za-zµ%]*)\.?\s*(?:per second|/s)?\s*$`)

// timeWords and sizeWords are units as people write them.
var (
	timeWords = map[string]string{"": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s", "s": "s",
		"m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m", "h": "h", "hour": "h", "hours": "h", "hr": "h",
		"ms": "ms", "msec": "ms", "millis": "ms", "millisecond": "ms", "milliseconds": "ms"}
	sizeWords = map[string]string{"k": "KiB", "kb": "kB", "kib": "KiB", "m": "MiB", "mb": "MB", "mib": "MiB", "megabytes": "MB",
		"g": "GiB", "gb": "GB", "gib": "GiB", "b": "", "bytes": "", "mebibytes": "MiB", "kilobytes": "kB"}
)

// quantityMeant is what a quantity that cannot be read was meant to be.
func quantityMeant(text, unit string) string {
	m := quantityParts.FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	number, word := strings.Replace(m[1], ",", ".", 1), strings.ToLower(m[2])
	meant := ""
	switch unit {
	case "":
		if u, ok := timeWords[word]; ok {
			meant = number + u
		}
	case "bytes":
		if u, ok := sizeWords[word]; ok {
			meant = number + u
		}
	case "share":
		if word == "" || word == "%" || word == "percent" || word == "pct" {
			meant = number + "%"
		}
	case "rate":
		meant = number
	}
	if meant == text {
		return ""
	}
	return meant
}
