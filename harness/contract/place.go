package contract

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness"
)

// wrapperMount is the name under which a wrapper outside of the target file's folder
// is found.
const wrapperMount = "wrapper"

// wrapper starts Blender by way of the author's wrapper.
func (s *Session) wrapper(name string) []harness.Option {
	if inside := s.inFolder(name); inside != s.target.Resolve(name) {
		return []harness.Option{harness.Wrapper(inside)}
	}
	folder, file := filepath.Split(s.target.Resolve(name))
	return []harness.Option{harness.Mount(wrapperMount, folder), harness.Wrapper("{mount:" + wrapperMount + "}/" + file)}
}

// workIn is the working folder in an instance's folder.
func workIn(dir string) string { return filepath.Join(dir, "job") }

// workOptions make the working folder of a service or an add-on, and open the .blend.
func (s *Session) workOptions() []harness.Option {
	l := s.target.Launch
	options := []harness.Option{harness.Work(), harness.Prepare(s.copyPlace)}
	if l.Blend != "" {
		name, _ := s.blendInWork()
		options = append(options, harness.Open("{dir}/job/"+name))
	}
	return options
}

// blendInWork is the .blend below the working folder, and whether it comes with that.
func (s *Session) blendInWork() (name string, inside bool) {
	t := s.target
	if t.Launch.Folder != "" {
		rel, err := filepath.Rel(t.Resolve(t.Launch.Folder), t.Resolve(t.Launch.Blend))
		if err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel), true
		}
	}
	return filepath.Base(t.Launch.Blend), false
}

// copyPlace fills the working folder of the instance in dir.
func (s *Session) copyPlace(dir string) error {
	t := s.target
	if t.Launch.Folder != "" {
		if err := s.copyInto(t.Resolve(t.Launch.Folder), workIn(dir)); err != nil {
			return fmt.Errorf("copy launch.folder: %w", err)
		}
	}
	if name, inside := s.blendInWork(); t.Launch.Blend != "" && !inside {
		if err := s.copyInto(t.Resolve(t.Launch.Blend), filepath.Join(workIn(dir), name)); err != nil {
			return fmt.Errorf("copy launch.blend: %w", err)
		}
	}
	return nil
}

// reports is the folder that bgcheck itself writes to, as far as it is known: the one
// with the folder of runs in which the session's is.
func (s *Session) reports() string {
	for at := s.out; at != filepath.Dir(at); at = filepath.Dir(at) {
		if filepath.Base(at) == "runs" {
			return filepath.Dir(at)
		}
	}
	return s.out
}

// copyInto copies a file, or a folder with all that is in it but .git and what
// bgcheck itself writes. A link is copied as what it leads to, where that is a file.
func (s *Session) copyInto(from, to string) error {
	own, _ := os.Stat(s.reports())
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		info, err := os.Stat(name)
		if err != nil {
			if entry.Type()&fs.ModeSymlink != 0 {
				return nil // it leads nowhere
			}
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case entry.IsDir() && rel != "." && (entry.Name() == ".git" || own != nil && os.SameFile(info, own)):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(target, 0o755)
		case !info.Mode().IsRegular():
			return nil
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, content, info.Mode().Perm()|0o600)
	})
}
