package harness

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

const (
	manifestName    = "blender_manifest.toml"
	extensionPrefix = "bl_ext.user_default."
)

// install copies an add-on or extension into the instance's profile. An
// extension is one whose module starts with bl_ext.user_default. (Blender 4.2
// and later); it must hold a blender_manifest.toml.
func (a addon) install(dir string) error {
	name, extension := strings.CutPrefix(a.module, extensionPrefix)
	if name == "" || strings.ContainsAny(name, `./\`) {
		return fmt.Errorf("install add-on %s: %q is not the name of a module", a.path, a.module)
	}
	into := filepath.Join(dir, "profile/scripts/addons", name)
	if extension {
		into = filepath.Join(dir, "profile/extensions/user_default", name)
	}
	if err := a.copyTo(into, name); err != nil {
		return fmt.Errorf("install add-on %s as %s: %w", a.path, a.module, err)
	}
	if extension {
		if _, err := os.Stat(filepath.Join(into, manifestName)); err != nil {
			return fmt.Errorf("install extension %s as %s: it has no %s at its top", a.path, a.module, manifestName)
		}
	}
	return nil
}

func (a addon) copyTo(into, name string) error {
	info, err := os.Stat(a.path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		if err := notInitless(os.DirFS(a.path), "."); err != nil {
			return err
		}
		return copyTree(os.DirFS(a.path), ".", into)
	case strings.EqualFold(filepath.Ext(a.path), ".py"):
		return copyFile(os.DirFS(filepath.Dir(a.path)), filepath.Base(a.path), into+".py")
	case strings.EqualFold(filepath.Ext(a.path), ".zip"):
		return unzip(a.path, into, name)
	}
	return errors.New("it is neither a folder, nor a .py file, nor a .zip")
}

// unzip copies a zip that holds the add-on at its top, or in one top folder, or
// is one .py file.
func unzip(file, into, name string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	z, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer func() { _ = z.Close() }()
	if err := addonsrc.ZipBomb(&z.Reader, info.Size()); err != nil {
		return fmt.Errorf("unpack: %w", err)
	}
	tops := map[string]bool{}
	for _, f := range z.File {
		if !filepath.IsLocal(filepath.FromSlash(strings.TrimSuffix(f.Name, "/"))) || strings.Contains(f.Name, `\`) {
			return fmt.Errorf("unpack: the entry %q would leave the folder", f.Name)
		}
		if mode := f.Mode(); mode&fs.ModeType != 0 && !mode.IsDir() {
			return fmt.Errorf("unpack: the entry %q is neither file nor folder", f.Name)
		}
		top, _, _ := strings.Cut(f.Name, "/")
		if !addonsrc.NoPart(z, top) {
			tops[top] = true
		}
	}
	root := "."
	if len(tops) == 1 {
		for top := range tops {
			if info, err := fs.Stat(z, top); err == nil && info.IsDir() {
				root = top
			} else if strings.HasSuffix(top, ".py") && top != "__init__.py" {
				return copyFile(z, top, into+".py")
			}
		}
	}
	if err := notInitless(z, root); err != nil {
		return err
	}
	return copyTree(z, root, into)
}

func notInitless(tree fs.FS, root string) error {
	if _, err := fs.Stat(tree, path.Join(root, "__init__.py")); err != nil {
		return fmt.Errorf("no __init__.py at its top: %w", err)
	}
	return nil
}

// copyTree copies the add-on at root to the folder into. A link is followed: what
// it names is copied. Left out is what is no part of the add-on, what is neither
// file nor folder, a link that points nowhere, which Blender does not mind, and one
// to a folder that it lies in.
func copyTree(tree fs.FS, root, into string, above ...fs.FileInfo) error {
	info, err := fs.Stat(tree, root)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(above, func(folder fs.FileInfo) bool { return os.SameFile(folder, info) }) {
		return nil
	}
	above = append(above[:len(above):len(above)], info)
	if err := os.MkdirAll(into, 0o700); err != nil {
		return machinef("%w", err)
	}
	entries, err := fs.ReadDir(tree, root)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name, target := path.Join(root, entry.Name()), filepath.Join(into, entry.Name())
		if addonsrc.NoPart(tree, name) {
			continue
		}
		info, err := fs.Stat(tree, name)
		switch {
		case err != nil && entry.Type()&fs.ModeSymlink != 0:
			continue // it points nowhere, or to itself
		case err != nil:
			return err
		case info.IsDir():
			err = copyTree(tree, name, target, above...)
		case info.Mode().IsRegular():
			err = copyFile(tree, name, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func copyFile(tree fs.FS, name, target string) error {
	from, err := regular.OpenIn(tree, name)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	mode := fs.FileMode(0o600)
	if info, err := from.Stat(); err == nil {
		mode |= info.Mode() & 0o100 // helpers that the add-on runs stay executable
	}
	to, err := os.OpenFile(target, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, mode)
	if err != nil {
		return machinef("%w", err)
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}
