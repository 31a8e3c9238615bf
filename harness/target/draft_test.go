package target

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDrafts compares each draft with the bgcheck.yaml beside its add-on, which
// is where the draft belongs, and loads that.
func TestDrafts(t *testing.T) {
	for name, addon := range map[string]string{
		"seeds": "echo_addon", "http": "web-service.py", "typed": "plugin", "extension": "ext",
		"script": "serve.py", "own-script": "my_addon", "no-service": "tool",
		"self-starting": "service", "json-rpc": "tools", "xml-rpc": "rpc.py",
		"length-prefixed": "framed", "fixed-port": "fixed.py",
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join("testdata", "draft", name)
			text, notes, err := Draft(filepath.Join(folder, addon), "")
			if err != nil {
				t.Fatal(err)
			}
			file, err := DraftFile(filepath.Join(folder, addon))
			if err != nil {
				t.Fatal(err)
			}
			sameFile(t, file, text)
			sameFile(t, filepath.Join(folder, "notes.txt"), []byte(strings.Join(notes, "\n")+"\n"))
			if _, err := Load(folder); err != nil {
				t.Errorf("the draft does not load: %v", err)
			}
		})
	}
}

func TestDraftOfEveryExampleLoads(t *testing.T) {
	for _, file := range examples(t) {
		target := example(t, filepath.Base(filepath.Dir(file)))
		if target.Addon == "" {
			continue
		}
		addon := target.Resolve(target.Addon)
		text, _, err := Draft(addon, "")
		if err != nil {
			t.Errorf("Draft(%s): %v", target.Addon, err)
			continue
		}
		draft, err := parse(FileName, text, filepath.Dir(addon))
		if err != nil {
			t.Errorf("the draft for %s does not load: %v\n%s", target.Addon, err, text)
			continue
		}
		draft.SetDefaults()
		want(t, "module of "+target.Addon, draft.Module, target.Module)
	}
}

func TestDraftFindsTheAddonInARepository(t *testing.T) {
	folder := t.TempDir()
	inside := filepath.Join(folder, "src", "my_addon")
	if err := os.MkdirAll(inside, 0o755); err != nil {
		t.Fatal(err)
	}
	source := "bl_info = {\"name\": \"x\"}\n\n\ndef serve():\n    pass\n\n\ndef register():\n    pass\n"
	if err := os.WriteFile(filepath.Join(inside, "__init__.py"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	text, _, err := Draft(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "\naddon: src/my_addon\n") || !strings.Contains(string(text), "\n  start: serve\n") {
		t.Errorf("draft:\n%s", text)
	}
	if _, _, err := Draft(t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "has no __init__.py") {
		t.Errorf("Draft of an empty folder: %v", err)
	}
	if _, _, err := Draft(filepath.Join(folder, "nothing"), ""); err == nil {
		t.Error("Draft of what is not there: no error")
	}
}

func TestPythonIsReadAsPython(t *testing.T) {
	source := "x = '''def no():\n  \"''' # def no():\nif a: \\\n  b(\n1)\nasync def f(a, *, b=1): r'\\'\n"
	var words []string
	for _, token := range pyTokens(source) {
		words = append(words, token.text)
	}
	want(t, "tokens", strings.Join(words, " "), "x = def no():\n  \" if a : b ( 1 ) async def f ( a , * , b = 1 ) : \\'")
}

// FuzzDraft: no source makes Draft panic, or write a file that is not YAML.
func FuzzDraft(f *testing.F) {
	files, err := filepath.Glob("testdata/draft/*/*.py")
	if err != nil {
		f.Fatal(err)
	}
	more, err := filepath.Glob("testdata/draft/*/*/*.py")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, more...) {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, source string) {
		file := filepath.Join(t.TempDir(), "addon.py")
		if err := os.WriteFile(file, []byte(source), 0o644); err != nil {
			t.Fatal(err)
		}
		text, _, err := Draft(file, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parse(FileName, text, filepath.Dir(file)); err != nil && strings.Contains(err.Error(), "not YAML") {
			t.Errorf("%v in\n%s", err, text)
		}
	})
}
