package remedy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/target"
)

// most is how large a target may be to be copied, in bytes.
const most = 64 << 20

// ErrTooLarge says that a target is too large to be copied.
var ErrTooLarge = errors.New("the target is larger than 64 MiB: it was not copied to try a remedy on")

// Try copies the target below folder, which must exist, changes the copy, and returns
// it as a target. Errors: ErrTooLarge, and what the file system says.
func (r Remedy) Try(t *target.Target, folder string) (*target.Target, error) {
	places := map[string]string{} // the author's folder, ours
	place := func(from string) (string, error) {
		for known, copied := range places {
			if rel, err := filepath.Rel(known, from); err == nil && within(known, from) {
				return filepath.Join(copied, rel), nil
			}
		}
		root := from
		if info, err := os.Stat(from); err == nil && !info.IsDir() {
			root = filepath.Dir(from)
		}
		// The name of an add-on's folder is its module's.
		to := filepath.Join(folder, fmt.Sprint(len(places)), filepath.Base(root))
		if err := copyFolder(root, to); err != nil {
			return "", err
		}
		places[root] = to
		rel, err := filepath.Rel(root, from)
		return filepath.Join(to, rel), err
	}
	changed := *t
	var err error
	if changed.Dir, err = place(t.Dir); err != nil {
		return nil, fmt.Errorf("copy the target: %w", err)
	}
	for _, path := range []*string{&changed.Addon, &changed.Launch.Script} {
		if *path == "" {
			continue
		}
		if *path, err = place(t.Resolve(*path)); err != nil {
			return nil, fmt.Errorf("copy the target: %w", err)
		}
	}
	for _, file := range r.files() {
		to, err := place(file)
		if err != nil {
			return nil, fmt.Errorf("copy the target: %w", err)
		}
		lines, _ := read(to)
		text := strings.Join(apply(lines, r.of(file)), "\n") + "\n"
		if err := os.WriteFile(to, []byte(text), 0o644); err != nil {
			return nil, fmt.Errorf("change the copy: %w", err)
		}
	}
	changed.Requires = absolute(t, changed.Requires)
	return &changed, nil
}

// absolute names what lies beside the target by where it is.
func absolute(t *target.Target, paths []string) []string {
	var all []string
	for _, path := range paths {
		if _, err := os.Stat(t.Resolve(path)); err == nil {
			path = t.Resolve(path)
		}
		all = append(all, path)
	}
	return all
}

// copyFolder copies what an add-on or a script may need.
func copyFolder(from, to string) error {
	size := int64(0)
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			switch entry.Name() {
			case ".git", "__pycache__", "out", "node_modules", ".venv":
				if rel != "." {
					return filepath.SkipDir
				}
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		if size += info.Size(); size > most {
			return ErrTooLarge
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, info.Mode().Perm()|0o600)
	})
}
