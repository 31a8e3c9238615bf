package addonsrc

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzTokens: any text has tokens, which stand in it in order.
func FuzzTokens(f *testing.F) {
	for _, seed := range []string{"import bpy\n", "x = '''a\\'''b'''", "rb'\\", "'\\", "\\\r\n", "((", "f'{x}'", "\xff = 1", "0x1_0", "é\f\ty"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		line := 0
		for _, token := range Tokens(source) {
			if token.Line < line || token.Line < 1 {
				t.Fatalf("%q: line %d behind line %d", source, token.Line, line)
			}
			line = token.Line
		}
		_ = Enables(source, "my_addon")
	})
}

// FuzzZip: no archive makes reading it panic, or read without an end.
func FuzzZip(f *testing.F) {
	var good bytes.Buffer
	z := zip.NewWriter(&good)
	for _, name := range []string{"a/__init__.py", "a/blender_manifest.toml", "../x", "b.py"} {
		w, err := z.Create(name)
		if err != nil {
			f.Fatal(err)
		}
		_, _ = w.Write([]byte("bl_info = {}\nid = \"x\"\n"))
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		file := filepath.Join(t.TempDir(), "x.zip")
		if err := os.WriteFile(file, archive, 0o600); err != nil {
			t.Fatal(err)
		}
		facts := Read(file)
		_, _ = facts.Module(true), facts.ManifestValue("version")
	})
}
