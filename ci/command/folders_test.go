package command

import (
	"os"
	"path/filepath"
	"testing"
)

func TestATargetIsJudgedWhateverItsFolderIsCalledAndWhereverOneStands(t *testing.T) {
	file, out := fakeTarget(t, serving)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"plain", "with a blank", "with-a-dash", "mit Umlaut ä", "100%s", "it's {port}"} {
		t.Run(name, func(t *testing.T) {
			above := t.TempDir()
			folder := filepath.Join(above, name)
			if err := os.Mkdir(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			for name, content := range map[string]string{"bgcheck.yaml": string(text), "serve.py": "# the fake's\n"} {
				if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			beside := filepath.Join(above, "elsewhere")
			if err := os.Mkdir(beside, 0o755); err != nil {
				t.Fatal(err)
			}
			// In it, above it, and beside it: each for two of the names.
			one := [][2]string{{folder, "bgcheck.yaml"}, {above, name}, {beside, "../" + name + "/bgcheck.yaml"}}[i%3]
			stand, path := one[0], one[1]
			t.Chdir(stand)
			code, said, errout := try(t, "check", path, "--check", "start/ready", "--check", "stop/sigterm")
			if got := judgedIn(load(t, out)); code != int(Good) || got != "start/ready pass, stop/sigterm pass" {
				t.Errorf("in %s, check %s: exit %d, %s\n%s%s", stand, path, code, got, said, errout)
			}
		})
	}
}
