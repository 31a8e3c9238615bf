package checks

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAZipIsLookedThroughForWhatBlenderCannotInstall(t *testing.T) {
	t.Parallel()
	for what, one := range map[string]struct {
		names           []string
		wrong, untidy   string
		isExtensionPack bool
	}{
		"one folder":                   {names: []string{"ring/__init__.py", "ring/sizes.py"}},
		"one file":                     {names: []string{"ring.py"}},
		"loose at the top":             {names: []string{"__init__.py", "sizes.py"}, wrong: "__init__.py at its top"},
		"loose in an extension":        {names: []string{"__init__.py", "blender_manifest.toml"}, isExtensionPack: true},
		"two folders":                  {names: []string{"ring/__init__.py", "rope/__init__.py"}, wrong: "several folders"},
		"what lay about":               {names: []string{"ring/__init__.py", "ring/__pycache__/x.pyc"}, untidy: "ring/__pycache__/x.pyc"},
		"a file beside the folder":     {names: []string{"ring/__init__.py", "README.md"}, untidy: "README.md"},
		"a Mac's own folder beside it": {names: []string{"ring/__init__.py", "__MACOSX/._ring"}, untidy: "__MACOSX/._ring"},
		"a path that leaves it":        {names: []string{"../ring/__init__.py"}, wrong: "outside of it"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "ring.zip")
			out, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			archive := zip.NewWriter(out)
			for _, name := range one.names {
				if _, err := archive.Create(name); err != nil {
					t.Fatal(err)
				}
			}
			if err := archive.Close(); err != nil {
				t.Fatal(err)
			}
			if err := out.Close(); err != nil {
				t.Fatal(err)
			}
			wrong, untidy, err := layout(file, one.isExtensionPack)
			if err != nil || !strings.Contains(wrong, one.wrong) || (wrong == "") != (one.wrong == "") || strings.Join(untidy, ",") != one.untidy {
				t.Errorf("wrong %q, untidy %q, %v; want %q, %q", wrong, untidy, err, one.wrong, one.untidy)
			}
		})
	}
}

func TestOperatorsAreHandedOverAsTheScriptTakesThem(t *testing.T) {
	t.Parallel()
	got, err := toRun([]target.Operator{{Idname: "mesh.thing_add", With: `{"size": 2.0}`, In: "edit-mesh", Effect: target.Effect{Expression: "1 < 2"}}})
	want := `[{"args":{"size":2.0},"before":"","effect":{"true":"1 \u003c 2"},"idname":"mesh.thing_add","in":"a mesh, edit mode"}]`
	if err != nil || got != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

func TestWhatBlenderSaysOfAManifestIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	manifest := []byte("schema_version = \"1.0.0\"\nid = \"cube-grid\"\nname = \"Cube Grid\nwheels = [\"./wheels/a.whl\"]\n")
	for output, want := range map[string][2]string{
		"Error parsing TOML \"x.toml\"\nIllegal character '\\n' (at line 3, column 18)\nBlender 4.3.2": {"Illegal character '\\n' (at line 3, column 18)", `blender_manifest.toml:3: name = "Cube Grid`},
		"Error parsing TOML \"x.toml\"\nkey \"id\" invalid: Not a valid identifier":                    {`key "id" invalid: Not a valid identifier`, `blender_manifest.toml:2: id = "cube-grid"`},
		"Error parsing TOML \"x.toml\"\nmissing \"version\"":                                           {`missing "version"`, ""},
		"FATAL_ERROR: Error adding to archive, file not found: \"./wheels/a.whl\"\nBlender 4.3.2": {
			`FATAL_ERROR: Error adding to archive, file not found: "./wheels/a.whl"`, `blender_manifest.toml:4: wheels = ["./wheels/a.whl"]`,
		},
	} {
		complaint := complaintOf(output)
		if at := manifestLine(manifest, complaint); complaint != want[0] || at != want[1] {
			t.Errorf("%q: %q at %q; want %q", output, complaint, at, want)
		}
	}
}
