package target

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"regexp"
	"strings"
	"sync"
)

// The comments on the fields are the one source of what the schema, the table
// of keys and the comments of a drafted file say.
//
//go:embed target.go exchange.go hosted.go job.go worker.go
var typeSources embed.FS

// comments maps "Type.Field", and "Type", to the comment in the source.
var comments = sync.OnceValue(func() map[string]string {
	found := map[string]string{}
	entries, err := typeSources.ReadDir(".")
	if err != nil {
		panic("read embedded sources: " + err.Error())
	}
	for _, entry := range entries {
		text, err := typeSources.ReadFile(entry.Name())
		if err != nil {
			panic("read embedded source: " + err.Error())
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), text, parser.ParseComments)
		if err != nil {
			panic("parse embedded source: " + err.Error())
		}
		for _, decl := range file.Decls {
			general, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range general.Specs {
				if typ, ok := spec.(*ast.TypeSpec); ok {
					found[typ.Name.Name] = oneLine(general.Doc)
					fieldComments(found, typ)
				}
			}
		}
	}
	return found
})

func fieldComments(found map[string]string, typ *ast.TypeSpec) {
	structure, ok := typ.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range structure.Fields.List {
		for _, name := range field.Names {
			found[typ.Name.Name+"."+name.Name] = oneLine(field.Doc)
		}
	}
}

func oneLine(group *ast.CommentGroup) string {
	return strings.Join(strings.Fields(group.Text()), " ")
}

// fieldDoc is the comment on a field with the keys of the file in place of the
// names of Go fields, each wrapped in quote.
func fieldDoc(t reflect.Type, field reflect.StructField, quote string) string {
	doc := comments()[t.Name()+"."+field.Name]
	return goName.ReplaceAllStringFunc(doc, func(name string) string {
		if key := goNames()[name]; key != "" {
			return quote + key + quote
		}
		return name
	})
}

var goName = regexp.MustCompile(`\b[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?\b`)

// goNames maps "Launch.Args" and "Args" to launch.args and args. "Blender" in a
// comment is the program, not the field.
var goNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	root := reflect.TypeFor[Target]()
	var deeper func(t reflect.Type, at, key string)
	deeper = func(t reflect.Type, at, key string) {
		for field := range structFields(t) {
			names[at+field.Name] = join(key, keyOf(field))
			if names[field.Name] == "" {
				names[field.Name] = keyOf(field)
			}
			if at == "" {
				deeper(structOf(field.Type), field.Name+".", keyOf(field))
			}
		}
	}
	deeper(root, "", "")
	for _, t := range []reflect.Type{reflect.TypeFor[JobFile](), reflect.TypeFor[Frames]()} {
		for field := range structFields(t) {
			if names[field.Name] == "" {
				names[field.Name] = keyOf(field)
			}
		}
	}
	delete(names, "Blender")
	return names
})

// structFields yields the fields of a struct type that have a key.
func structFields(t reflect.Type) func(yield func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		if t == nil {
			return
		}
		for i := range t.NumField() {
			if keyOf(t.Field(i)) != "" && !yield(t.Field(i)) {
				return
			}
		}
	}
}

// structOf is the struct that a field's type is, points to, or lists.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	return t
}

func keyOf(field reflect.StructField) string {
	if key := field.Tag.Get("yaml"); key != "-" {
		return key
	}
	return ""
}
