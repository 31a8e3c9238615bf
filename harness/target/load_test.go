package target

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// examples are the target files of testdata, one of each shape.
func examples(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/examples/*/bgcheck.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("find examples: %d files, %v", len(files), err)
	}
	return files
}

// example loads one of them.
func example(t *testing.T, name string) *Target {
	t.Helper()
	target, err := Load(filepath.Join("testdata/examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// want fails when a field is not as it should be.
func want[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is %#v; want %#v", what, got, want)
	}
}

func TestEveryExampleLoads(t *testing.T) {
	for _, file := range examples(t) {
		target, err := Load(file)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if target.Name == "" || !filepath.IsAbs(target.Path) || target.Dir != filepath.Dir(target.Path) {
			t.Errorf("%s: name %q, path %q, dir %q", file, target.Name, target.Path, target.Dir)
		}
		if err := target.Check(); err != nil {
			t.Errorf("%s: what Load returned is not right by Check: %v", file, err)
		}
		again := *target
		again.SetDefaults()
		want(t, file+" after a second SetDefaults", again, *target)
	}
}

func TestLeastFileIsComplete(t *testing.T) {
	target := example(t, "least")
	want(t, "name", target.Name, "my_addon")
	want(t, "module", target.Module, "my_addon")
	want(t, "kind", target.Kind, "addon")
	want(t, "start", target.Launch.Start, "my_addon:serve")
	want(t, "env", target.Env, nil)
	want(t, "notes", len(target.Notes), 1)
	want(t, "echo", *target.Echo, Exchange{Request: `{"message": "{message}"}`, Escape: "json", Reply: "{message}"})
	want(t, "exec", target.Exec, nil)
	want(t, "refuses", target.Config, nil)
	want(t, "budgets", target.Budgets, Budgets{
		Ready: 30 * time.Second, Job: 2 * time.Minute, Stop: 5 * time.Second, IdleCPU: 0.05, Wakeups: 200,
		Latency: time.Second, Quiet: 4 * time.Second, Memory: 8 << 20,
	})
}

func TestAddonsOfEveryKindGetTheirModule(t *testing.T) {
	for name, module := range map[string]string{
		"least": "my_addon", "single-file": "echo_service", "zip": "my_addon",
		"extension": "bl_ext.user_default.my_service",
	} {
		target := example(t, name)
		want(t, name+" module", target.Module, module)
		want(t, name+" start", target.Launch.Start, module+":serve")
		want(t, name+" extension", target.IsExtension(), name == "extension")
	}
}

func TestNamesOfSubmodulesAreCompleted(t *testing.T) {
	launch := example(t, "async-loop").Launch
	want(t, "launch", launch, Launch{
		Start: "my_addon.server:start", AsyncLoop: "my_addon.async_loop", Cleanup: "my_addon.server:stop",
	})
}

func TestRequestAsMappingIsJSONInTheOrderWritten(t *testing.T) {
	target := example(t, "script")
	want(t, "echo", target.Echo.Request,
		`{"type": "ping", "token": "{token}", "text": "{message}", "n": 1, "deep": [true, null, 16]}`)
	want(t, "refuses", target.Config[0].Args, []string{"--port", "many", "--assets", "{mount:assets}"})
	inside := target.InContainer()
	want(t, "env in a container", inside.Env, map[string]string{"MY_TOKEN": "{token}", "MY_HOST": "0.0.0.0"})
	want(t, "listens in a container", inside.Service.Listens, "any")
	want(t, "listens elsewhere", target.Service.Listens, "loopback")
	want(t, "env elsewhere", target.Env, map[string]string{"MY_TOKEN": "{token}"})
}

func TestHTTPRequestsAreCompletedByTheService(t *testing.T) {
	target := example(t, "http")
	auth := "Bearer {token}"
	want(t, "ready", *target.Ready, Exchange{Method: "GET", Path: "/health", Escape: "none", Headers: map[string]string{"Authorization": auth}})
	want(t, "exec", *target.Exec, Exchange{
		Request: `{"code": "{code}"}`, Method: "POST", Path: "/run", Escape: "json",
		Headers: map[string]string{"Authorization": auth, "Content-Type": "application/json"},
	})
	probe, _, _, _ := target.Probe()
	want(t, "probe", probe, target.Ready)
}

func TestEscapeFitsTheRequest(t *testing.T) {
	for name, escape := range map[string]string{"form": "form", "xml-rpc": "xml", "raw": "none", "command": "none", "jsonl": "json"} {
		want(t, name, example(t, name).Echo.Escape, escape)
	}
}

func TestAnchorsAndMergesAreFollowed(t *testing.T) {
	target := example(t, "anchors")
	want(t, "env", target.Env, map[string]string{"MY_PORT": "{port}", "MY_LOG": "{scratch}/log.txt", "MY_LEVEL": "3"})
	want(t, "refuses", target.Config[0].Env, map[string]string{"MY_PORT": "abc", "MY_LOG": "{scratch}/log.txt"})
	want(t, "ready", target.Budgets.Ready, 90*time.Second)
	want(t, "idle", target.Budgets.IdleCPU, 0.02)
}

func TestATextThatIsInNoFileIsParsedAsIfItWere(t *testing.T) {
	file := filepath.Join("testdata", "examples", "least", "draft.yaml")
	text, err := os.ReadFile("testdata/examples/least/bgcheck.yaml")
	if err != nil {
		t.Fatal(err)
	}
	target, err := Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	loaded := example(t, "least")
	loaded.Path = filepath.Join(filepath.Dir(loaded.Path), "draft.yaml")
	want(t, "target", *target, *loaded)
	if _, err := Parse(file, []byte("addon: nothing\n")); err == nil || !strings.HasPrefix(err.Error(), file+":1:8: ") {
		t.Errorf("Parse of a text with a mistake: %v", err)
	}
}

func TestLoadFindsNoFile(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "addon.py"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for path, part := range map[string]string{
		folder:                            "no bgcheck.yaml in folder",
		filepath.Join(folder, "x.yaml"):   "find target file: stat",
		filepath.Join(folder, "addon.py"): "is an add-on, not a target file",
	} {
		_, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("Load(%s): %v; want an error with %q", path, err, part)
		}
		if !strings.HasSuffix(path, ".py") && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Load(%s): %v; want one that wraps fs.ErrNotExist", path, err)
		}
	}
}

func TestByteOrderMarkAndCRLFAreTaken(t *testing.T) {
	folder := t.TempDir()
	text := "\ufeffaddon: a.py\r\nlaunch:\r\n  start: serve\r\necho:\r\n  request: |\r\n    {\"message\": \"{message}\"}\r\n"
	for name, content := range map[string]string{"bgcheck.yaml": text, "a.py": ""} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	target, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	want(t, "echo", target.Echo.Request, `{"message": "{message}"}`)
}

func TestTargetBuiltInGoIsChecked(t *testing.T) {
	target := &Target{Addon: "testdata/examples/least/my_addon", Launch: Launch{Start: "my_addon.serve"}, Enable: "flags"}
	var mistakes *Errors
	if err := target.Check(); !errors.As(err, &mistakes) || len(mistakes.Problems) != 2 {
		t.Fatalf("Check: %v; want two mistakes", err)
	}
	want(t, "message", mistakes.Problems[0].Message, `enable is "flags"; expected flag or script; did you mean "flag"?`)
}
