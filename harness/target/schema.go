package target

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// SchemaURL names the JSON Schema of target files. Editors that know YAML take
// it from a comment at the top: # yaml-language-server: $schema=URL
const SchemaURL = "https://raw.githubusercontent.com/bgcheck/bgcheck/main/harness/target/bgcheck.schema.json"

//go:generate go test -run "TestSchemaFile|TestKeysFile" -update .

type object = map[string]any

// Schema is the JSON Schema (2020-12) of target files, made from the Target
// type. It knows keys, kinds and words; Load knows more.
func Schema() []byte {
	root := schemaOf(reflect.TypeFor[Target]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = SchemaURL
	root["title"] = "Target file of bgcheck"
	root["description"] = "What is under test: an add-on, how it is launched, how it is spoken to, its budgets. " +
		"Relative paths are relative to the file's folder."
	root["patternProperties"] = object{"^x-": object{"description": "Free, for YAML anchors."}}
	root["anyOf"] = []any{
		object{"required": []string{"addon"}},
		object{"required": []string{"module"}},
		object{"required": []string{"job"}},
		object{"required": []string{"launch"}, "properties": object{"launch": object{"required": []string{"script"}}}},
	}
	root["$defs"] = object{
		"text":    object{"type": []string{"string", "number", "boolean"}},
		"request": requestSchema(),
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(root); err != nil {
		panic(fmt.Sprintf("encode schema: %v", err)) // maps of texts always encode
	}
	return out.Bytes()
}

// requestSchema is an Exchange: a text, or a mapping.
func requestSchema() object {
	return object{"anyOf": []any{
		object{"type": []string{"string", "number", "boolean"}, "description": "Sent as it is."},
		schemaOf(reflect.TypeFor[Exchange]()),
	}}
}

// schemaOf describes a struct.
func schemaOf(t reflect.Type) object {
	properties := object{}
	for field := range structFields(t) {
		s := valueSchema(field.Type, field.Tag, keyOf(field))
		s["description"] = fieldDoc(t, field, "")
		if text := field.Tag.Get("default"); text != "" {
			s["default"] = text
		}
		properties[keyOf(field)] = s
	}
	return object{"type": "object", "properties": properties, "additionalProperties": false}
}

const (
	timePattern  = `^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$`
	sharePattern = `^[0-9]+(\.[0-9]+)?%$`
	sizePattern  = `^[0-9]+(\.[0-9]+)?(B|kB|KiB|MB|MiB|GB|GiB)?$`
)

func valueSchema(t reflect.Type, tag reflect.StructTag, key string) object {
	text := object{"$ref": "#/$defs/text"}
	switch {
	case t == reflect.TypeFor[*Exchange]():
		return object{"$ref": "#/$defs/request"}
	case t.Kind() == reflect.Pointer:
		return schemaOf(t.Elem())
	case t == reflect.TypeFor[time.Duration]():
		return object{"type": "string", "pattern": timePattern}
	case tag.Get("unit") == "payload":
		return object{"type": []string{"string", "number", "boolean", "object", "array"}}
	case tag.Get("unit") == "share":
		return object{"anyOf": []any{object{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, object{"type": "string", "pattern": sharePattern}}}
	case tag.Get("unit") == "bytes":
		return object{"anyOf": []any{object{"type": "integer", "exclusiveMinimum": 0}, object{"type": "string", "pattern": sizePattern}}}
	case tag.Get("unit") == "rate":
		return object{"type": "number", "exclusiveMinimum": 0}
	case key == "port":
		return object{"anyOf": []any{
			object{"enum": strings.Split(tag.Get("words"), ",")},
			object{"type": "integer", "minimum": 1, "maximum": 65535},
			object{"type": "string", "pattern": "^[1-9][0-9]{0,4}$"},
		}}
	case tag.Get("words") != "":
		return object{"enum": strings.Split(tag.Get("words"), ",")}
	case t.Kind() == reflect.Struct:
		return schemaOf(t)
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		item := schemaOf(t.Elem())
		item["minProperties"] = 1
		return object{"type": "array", "items": item}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": text}
	case key == "skip":
		return object{
			"type":                 "object",
			"propertyNames":        object{"pattern": checkName.String()},
			"additionalProperties": object{"type": "string", "pattern": `\S`},
		}
	case t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": text}
	}
	return text
}
