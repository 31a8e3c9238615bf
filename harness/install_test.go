package harness

import (
	"archive/zip"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func writeFiles(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	g := NewWithT(t)
	for name, content := range files {
		path := filepath.Join(dir, name)
		g.Expect(os.MkdirAll(filepath.Dir(path), 0o755)).To(Succeed())
		g.Expect(os.WriteFile(path, []byte(content), 0o644)).To(Succeed())
	}
}

func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	g := NewWithT(t)
	path := filepath.Join(t.TempDir(), "addon.zip")
	f, err := os.Create(path)
	g.Expect(err).NotTo(HaveOccurred())
	z := zip.NewWriter(f)
	for name, content := range files {
		w, err := z.Create(name)
		g.Expect(err).NotTo(HaveOccurred())
		_, err = w.Write([]byte(content))
		g.Expect(err).NotTo(HaveOccurred())
	}
	g.Expect(z.Close()).To(Succeed())
	g.Expect(f.Close()).To(Succeed())
	return path
}

func TestAddonIsInstalledFromWhateverItIs(t *testing.T) {
	folder := t.TempDir()
	writeFiles(t, folder, map[string]string{"__init__.py": "x", "sub/a.py": "a", "sub/__pycache__/a.pyc": "", ".git/config": ""})
	NewWithT(t).Expect(os.Symlink("sub", filepath.Join(folder, "linked"))).To(Succeed())
	extension := t.TempDir()
	writeFiles(t, extension, map[string]string{"__init__.py": "x", "blender_manifest.toml": "id='e'"})
	for situation, test := range map[string]struct {
		path, module string
		has, not     []string
	}{
		"folder": {folder, "mine", []string{"scripts/addons/mine/__init__.py", "scripts/addons/mine/sub/a.py", "scripts/addons/mine/linked/a.py"},
			[]string{"scripts/addons/mine/sub/__pycache__", "scripts/addons/mine/.git"}},
		"single file":  {testkit.File(t, "one.py", ""), "mine", []string{"scripts/addons/mine.py"}, nil},
		"zip":          {zipped(t, map[string]string{"__init__.py": "", "b/c.py": ""}), "mine", []string{"scripts/addons/mine/b/c.py"}, nil},
		"zip with top": {zipped(t, map[string]string{"mine-1.0/__init__.py": "", "mine-1.0/b/c.py": "", "__MACOSX/x": ""}), "mine", []string{"scripts/addons/mine/b/c.py"}, []string{"scripts/addons/mine/mine-1.0"}},
		"zip of a file": {zipped(t, map[string]string{"solo.py": ""}), "solo",
			[]string{"scripts/addons/solo.py"}, nil},
		"extension": {extension, "bl_ext.user_default.e", []string{"extensions/user_default/e/__init__.py", "extensions/user_default/e/blender_manifest.toml"}, nil},
	} {
		t.Run(situation, func(t *testing.T) {
			g := NewWithT(t)
			b := fake(t, Addon(test.path, test.module))
			for _, name := range test.has {
				g.Expect(filepath.Join(b.Dir(), "profile", name)).To(BeARegularFile())
			}
			for _, name := range test.not {
				g.Expect(filepath.Join(b.Dir(), "profile", name)).NotTo(BeAnExistingFile())
			}
		})
	}
}

func TestAddonThatCannotBeInstalledIsRefused(t *testing.T) {
	for situation, test := range map[string]struct{ path, module, says string }{
		"zip that climbs out":        {zipped(t, map[string]string{"__init__.py": "", "../evil.py": ""}), "mine", `the entry "../evil.py" would leave the folder`},
		"zip with an absolute path":  {zipped(t, map[string]string{"__init__.py": "", "/evil.py": ""}), "mine", `the entry "/evil.py" would leave the folder`},
		"no zip at all":              {testkit.File(t, "x.zip", "not a zip"), "mine", "not a valid zip file"},
		"empty zip":                  {zipped(t, nil), "mine", "no __init__.py at its top"},
		"folder without __init__.py": {t.TempDir(), "mine", "no __init__.py at its top"},
		"another kind of file":       {testkit.File(t, "x.blend", ""), "mine", "neither a folder, nor a .py file, nor a .zip"},
		"extension without manifest": {zipped(t, map[string]string{"__init__.py": ""}), "bl_ext.user_default.mine", "has no blender_manifest.toml"},
		"zip bomb":                   {bomb(t), "mine", "that is no add-on, and is not unpacked"},
		"module that is a path":      {testkit.File(t, "x.py", ""), "../mine", "is not the name of a module"},
		"no module":                  {testkit.File(t, "x.py", ""), "", "is not the name of a module"},
	} {
		t.Run(situation, func(t *testing.T) {
			g := NewWithT(t)
			_, err := Launch(testkit.Bounded(t), On(Local(testkit.Fake)), Addon(test.path, test.module))
			g.Expect(err).To(MatchError(ContainSubstring(test.says)))
			g.Expect(err).NotTo(MatchError(ErrMachine), "the add-on is at fault")
		})
	}
}

// bomb is a zip of a few hundred KiB that unpacks to 512 MiB.
func bomb(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bomb.zip")
	f, err := os.Create(file)
	NewWithT(t).Expect(err).NotTo(HaveOccurred())
	z := zip.NewWriter(f)
	zeros := make([]byte, 1<<20)
	for name, size := range map[string]int{"__init__.py": 0, "data.bin": 512} {
		w, err := z.Create(name)
		NewWithT(t).Expect(err).NotTo(HaveOccurred())
		for range size {
			_, err = w.Write(zeros)
			NewWithT(t).Expect(err).NotTo(HaveOccurred())
		}
	}
	NewWithT(t).Expect(z.Close()).To(Succeed())
	NewWithT(t).Expect(f.Close()).To(Succeed())
	return file
}
