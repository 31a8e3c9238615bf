package target

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

var callableName = regexp.MustCompile(`^(\.|\.?\w[\w-]*(\.\w[\w-]*)*)?:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$|^[A-Za-z_]\w*$`)

// checkAddon looks at the add-on, its name, and what it needs.
func (t *Target) checkAddon(p *problems) {
	if t.Addon == "" && t.Launch.Script == "" && !t.Brought() && !t.IsJob() {
		if !p.given("addon") && !p.given("launch.script") {
			if p.strange[""] || p.strange["launch"] {
				return
			}
			p.addAt("", "the target has neither addon nor launch.script; expected at least %s", leastFile)
		} else if p.given("addon") && !p.broken("addon") {
			p.addAt("addon", "addon is empty; expected the add-on's folder, .py file or zip")
		}
	}
	if t.Addon != "" {
		t.checkAddonAt(p, "addon", t.Addon)
	}
	for i, name := range t.Requires {
		if t.isRequiredModule(name) {
			if _, err := os.Stat(t.Resolve(name + ".py")); err == nil {
				p.addAt(item("requires", i), "requires names the module %q, and %s.py is beside the file; expected its path; did you mean \"%s.py\"?", name, name, name)
			}
			continue
		}
		t.checkAddonAt(p, item("requires", i), name)
	}
	for i, name := range t.Bundled {
		if at := item("bundled", i); !addonsrc.IsModule(name) && !p.broken(at) {
			p.addAt(at, "%s is %q; expected the module of an add-on that comes with Blender, as in io_scene_gltf2", at, name)
		}
	}
	switch {
	case t.Module != "" && !addonsrc.IsModule(t.Module):
		p.addAt("module", "module is %q; expected a module name: letters, digits, _ and -", t.Module)
	case t.Brought() && !t.Hosted() && !t.IsJob():
		p.addAt("module", "module is given without addon; expected addon: the folder, .py file or zip (module alone is an add-on that comes with Blender, without launch and requests)")
	case t.Kind != "" && t.Addon == "":
		p.addAt("kind", "kind is given without addon; expected addon: the folder, .py file or zip")
	case t.Kind == "extension" && t.Addon != "" && addonsrc.Read(t.Resolve(t.Addon)).Manifest == nil && !p.broken("addon"):
		p.addAt("kind", "kind is extension, but %s holds no blender_manifest.toml; expected one, or kind: addon", t.Addon)
	case t.Kind == "extension" && t.Module != "" && !strings.HasPrefix(t.Module, "bl_ext."):
		p.addAt("module", "module is %q; expected %s%s, the name of an extension", t.Module, addonsrc.ExtensionPrefix, t.Module)
	}
	if t.Enable == "script" && t.Launch.Script == "" && t.Launch.Start == "" && !p.given("launch") {
		p.addAt("enable", "enable is script, but there is no launch.script; expected one, or enable: flag")
	}
}

// checkAddonAt looks whether there is an add-on at a path.
func (t *Target) checkAddonAt(p *problems, at, name string) {
	info := t.exists(p, at, name, "the add-on's folder, .py file or zip")
	if info == nil {
		return
	}
	suffix := strings.ToLower(filepath.Ext(name))
	if kind := regular.Kind(info.Mode()); kind != "" && !info.IsDir() {
		p.addAt(at, "%s %q is %s; expected the add-on's folder, .py file or zip", at, name, kind)
		return
	}
	if !info.IsDir() && suffix != ".py" && suffix != ".zip" {
		p.addAt(at, "%s is the file %q; expected the add-on's folder, .py file or zip", at, name)
		return
	}
	facts := addonsrc.Read(t.Resolve(name))
	switch {
	case facts.Unreadable != nil:
		p.addAt(at, "%s %q cannot be read (%v); expected a folder, .py file or zip archive", at, name, facts.Unreadable)
	case facts.HasInit || facts.Manifest != nil:
		if facts.Manifest == nil && (!addonsrc.IsModule(facts.Base) || strings.Contains(facts.Base, ".")) && (at != "addon" || t.Module == "") {
			remedy := ""
			if at == "addon" {
				remedy = ", or module: the name to install it under"
			}
			p.addAt(at, "%s is called %q, which Blender cannot enable; expected letters, digits, _ and -%s", at, facts.Base, remedy)
		}
	case facts.IsZip:
		p.addAt(at, "%s %q holds no __init__.py or blender_manifest.toml at its top or in a folder there; expected a zip of an add-on", at, name)
	default:
		p.addAt(at, "%s is the folder %q, which has no __init__.py and no blender_manifest.toml; expected the add-on's own folder%s",
			at, name, addonInside(t.Resolve(name), name))
	}
}

// addonInside finds the add-on in a folder that is none.
func addonInside(folder, name string) string {
	for _, pattern := range []string{"*/__init__.py", "*/blender_manifest.toml", "*/*/__init__.py"} {
		if found, _ := filepath.Glob(filepath.Join(folder, pattern)); len(found) > 0 {
			inside, _ := filepath.Rel(folder, filepath.Dir(found[0]))
			return didYouMeanPath(name, inside)
		}
	}
	if found, _ := filepath.Glob(filepath.Join(folder, "*.py")); len(found) > 0 {
		return didYouMeanPath(name, filepath.Base(found[0]))
	}
	return ""
}

func didYouMeanPath(parts ...string) string {
	return "; did you mean \"" + filepath.ToSlash(filepath.Join(parts...)) + "\"?"
}

// exists reports a path that is not there, with the nearest name that is. It
// returns nil when there is nothing more to check.
func (t *Target) exists(p *problems, at, name, expected string) fs.FileInfo {
	if p.broken(at) || p.full() {
		return nil
	}
	if strings.TrimSpace(name) == "" {
		p.addAt(at, "%s is empty; expected %s", at, expected)
		return nil
	}
	full := t.Resolve(name)
	info, err := os.Stat(full)
	switch {
	case err == nil:
		return info
	case !errors.Is(err, fs.ErrNotExist):
		p.addAt(at, "%s %q cannot be read (%v); expected %s", at, name, err, expected)
		return nil
	}
	hint := ""
	switch parent := filepath.Dir(full); {
	case strings.HasPrefix(name, "~"):
		hint = "; ~ is not replaced here, write the whole path"
	default:
		var names []string
		entries, _ := os.ReadDir(parent)
		for _, entry := range entries {
			names = append(names, entry.Name())
		}
		if near := nearest(filepath.Base(full), names); near != "" {
			hint = didYouMeanPath(filepath.Dir(filepath.FromSlash(name)), near)
		}
	}
	p.addAt(at, "%s %q does not exist (looked for %s); expected %s%s", at, name, t.shown(full), expected, hint)
	return nil
}

// shown is a path as messages show it: from the file's folder where it is below it.
func (t *Target) shown(full string) string {
	if t.Dir != "" {
		if rel, err := filepath.Rel(t.Dir, full); err == nil && !strings.HasPrefix(rel, "..") {
			return "./" + filepath.ToSlash(rel) + " beside the file"
		}
	}
	return full
}
