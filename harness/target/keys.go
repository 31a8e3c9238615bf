package target

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Markdown is a table of all keys of a target file, for the README. It is made
// from the same source as the schema.
func Markdown() string {
	var out strings.Builder
	out.WriteString("| key | takes | default | meaning |\n|---|---|---|---|\n")
	root := reflect.TypeFor[Target]()
	requests := false
	for field := range structFields(root) {
		inner := structOf(field.Type)
		if inner == reflect.TypeFor[Exchange]() {
			requests = true
			row(&out, keyOf(field), root, field)
			continue
		}
		if requests {
			requests = false
			rows(&out, "REQUEST.", reflect.TypeFor[Exchange]())
		}
		row(&out, keyOf(field), root, field)
		if inner != nil {
			prefix := keyOf(field) + "."
			if field.Type.Kind() == reflect.Slice {
				prefix = keyOf(field) + "[]."
			}
			rows(&out, prefix, inner)
		}
	}
	out.WriteString("\nREQUEST is `ready`, `echo`, `exec` or `stop`. Keys at the top level that begin with `x-` are free for YAML anchors.\n")
	out.WriteString("\nPlaceholders: `{port}`, `{token}` (a secret of this run), `{scratch}` (a folder that Blender and the harness share), " +
		"`{target}` (this file's folder), `{mount:NAME}`; of a job, and with `launch.folder` or `launch.blend`, `{work}` (its working folder); in the echo request also `{message}`, " +
		"in the exec request `{code}`. `service.command` is run in this file's folder.\n")
	return out.String()
}

func rows(out *strings.Builder, prefix string, t reflect.Type) {
	for field := range structFields(t) {
		row(out, prefix+keyOf(field), t, field)
		switch inner := structOf(field.Type); {
		case inner == nil:
		case field.Type.Kind() == reflect.Slice:
			rows(out, prefix+keyOf(field)+"[].", inner)
		default:
			rows(out, prefix+keyOf(field)+".", inner)
		}
	}
}

func row(out *strings.Builder, key string, t reflect.Type, field reflect.StructField) {
	def := field.Tag.Get("default")
	if def != "" {
		def = "`" + def + "`"
	}
	cells := []string{"`" + key + "`", takes(field), def, meaning(t, field)}
	for i := range cells {
		cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
	}
	fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
}

// meaning is the comment without the name that it begins with, where the
// sentence does without.
func meaning(t reflect.Type, field reflect.StructField) string {
	doc := fieldDoc(t, field, "`")
	for _, verb := range []string{": ", " is ", " are "} {
		if rest, ok := strings.CutPrefix(doc, "`"+keyOf(field)+"`"+verb); ok {
			first, size := utf8.DecodeRuneInString(rest)
			return string(unicode.ToUpper(first)) + rest[size:]
		}
	}
	return doc
}

// takes says in a word or two what a key takes.
func takes(field reflect.StructField) string {
	t, tag := field.Type, field.Tag
	switch {
	case keyOf(field) == "port":
		return "`reserved`, `announced` or a number"
	case tag.Get("words") != "":
		return "`" + strings.ReplaceAll(tag.Get("words"), ",", "`, `") + "`"
	case tag.Get("unit") == "payload" && keyOf(field) == "args":
		return "mapping"
	case tag.Get("unit") == "payload":
		return "text, mapping or list"
	case tag.Get("unit") == "share":
		return "percent or share"
	case tag.Get("unit") == "bytes":
		return "size"
	case tag.Get("unit") == "rate":
		return "number"
	case t == reflect.TypeFor[time.Duration]():
		return "time"
	case t == reflect.TypeFor[*Exchange]():
		return "text or mapping"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "list of mappings"
	case t.Kind() == reflect.Slice:
		return "list of texts"
	case t.Kind() == reflect.Map:
		return "names with texts"
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Pointer:
		return "mapping"
	}
	return "text"
}
