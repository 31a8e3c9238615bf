package target

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "write the generated and golden files")

// sameFile compares what was made with the file that is committed.
func sameFile(t *testing.T, file string, made []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, made, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.ReplaceAll(have, []byte("\r\n"), []byte("\n")), made) {
		t.Errorf("%s is not what is made now; run go generate ./harness/target and look at the difference.\nmade now:\n%s", file, made)
	}
}

func TestSchemaFileIsUpToDate(t *testing.T) { sameFile(t, "bgcheck.schema.json", Schema()) }

func TestKeysFileIsUpToDate(t *testing.T) { sameFile(t, "keys.md", []byte(Markdown())) }

func TestEveryKeyHasAComment(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(Markdown()), "\n") {
		cells := strings.Split(line, " | ")
		if strings.HasPrefix(line, "| `") && (len(cells) != 4 || len(strings.Trim(cells[3], " |")) < 10) {
			t.Errorf("a key without a meaning: %s", line)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(SchemaURL, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile(SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// instance reads YAML as a JSON Schema validator of an editor would.
func instance(t *testing.T, text []byte) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		t.Fatalf("%v in:\n%s", err, text)
	}
	asJSON, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestEveryExampleMatchesTheSchema(t *testing.T) {
	schema := compiled(t)
	files := examples(t)
	for _, pattern := range []string{"../../fixtures/*/*/bgcheck.yaml", "../../pyaddon/bgcheck.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, file := range files {
		t.Run(filepath.ToSlash(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(instance(t, text)); err != nil {
				t.Errorf("does not match the schema: %v", err)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compiled(t)
	const good = "addon: my_addon\n"
	if err := schema.Validate(instance(t, []byte(good))); err != nil {
		t.Fatalf("the least file does not match the schema: %v", err)
	}
	for name, text := range map[string]string{
		"neither addon nor script":   "name: x",
		"a script that is missing":   "launch: {start: 'a:b'}",
		"an unknown key":             good + "adon: x",
		"an unknown key in a part":   good + "launch: {started: 'a:b'}",
		"a text where a list should": good + "requires: other",
		"an unknown word":            good + "service: {protocol: tcp}",
		"a port out of range":        good + "service: {port: 70000}",
		"a time without unit":        good + "budgets: {stop: 5}",
		"a time in words":            good + "budgets: {stop: 5 seconds}",
		"more than one core":         good + "budgets: {idle_cpu: 2}",
		"a size in words":            good + "budgets: {memory: 8 megabytes}",
		"a skip without reason":      good + "skip: {exec/slow: ''}",
		"a skip that is no name":     good + "skip: {slow: because}",
		"a placeholder unquoted":     good + "env: {PORT: {port}}",
		"a request as its mapping":   good + "echo: {message: '{message}'}",
		"a setting without a change": good + "refuses: [{}]",
		"a key without a value":      good + "env:",
	} {
		if schema.Validate(instance(t, []byte(text))) == nil {
			t.Errorf("the schema takes %s:\n%s", name, text)
		}
	}
}
