package draft

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// findAddon finds the add-on at or below path, and the folder for its file.
func findAddon(path string) (addon, folder string, err error) {
	addon, err = filepath.Abs(path)
	if err != nil {
		return "", "", fmt.Errorf("find add-on: %w", err)
	}
	info, err := os.Stat(addon)
	if err != nil {
		return "", "", fmt.Errorf("find add-on: %w", err)
	}
	folder = filepath.Dir(addon)
	if !info.IsDir() {
		if suffix := strings.ToLower(filepath.Ext(addon)); suffix != ".py" && suffix != ".zip" {
			return "", "", fmt.Errorf("find add-on: %s is a file of another kind; expected a folder, .py file or zip", path)
		}
		return addon, folder, nil
	}
	if facts := addonsrc.Read(addon); facts.HasInit || facts.Manifest != nil {
		if _, err := os.Stat(filepath.Join(addon, ".git")); err == nil {
			folder = addon
		}
		return addon, folder, nil
	}
	switch found := below(addon); len(found) {
	case 0:
		return addon, folder, nil
	case 1:
		return found[0], addon, nil
	default:
		return "", "", severalAddons(path, addon, found)
	}
}

// below are the add-ons in a folder that is none itself, as a repository has its
// own: what has bl_info or a manifest goes before what is only a package, what
// lies at the top before what lies deeper, and what is no test's before what is.
func below(folder string) (found []string) {
	for _, wanted := range []func(addonsrc.Facts) bool{
		func(f addonsrc.Facts) bool { return f.Manifest != nil || f.HasBlInfo },
		func(f addonsrc.Facts) bool { return f.HasInit },
	} {
		for _, pattern := range []string{"*", "*/*"} {
			var aside []string
			inside, _ := filepath.Glob(filepath.Join(folder, pattern))
			for _, one := range inside {
				info, err := os.Stat(one)
				name := filepath.Base(one)
				if err != nil || strings.HasPrefix(name, ".") || name == "__init__.py" || !info.IsDir() && filepath.Ext(one) != ".py" ||
					strings.HasPrefix(filepath.Base(filepath.Dir(one)), ".") || !wanted(addonsrc.Read(one)) {
					continue
				}
				if isAside(folder, one) {
					aside = append(aside, one)
				} else {
					found = append(found, one)
				}
			}
			if len(found) == 0 {
				found = aside
			}
			if len(found) > 0 {
				return found
			}
		}
	}
	return nil
}

// isAside says whether what lies there is known by its folder's name to be no
// part of what a repository gives away.
func isAside(folder, inside string) bool {
	names, _ := filepath.Rel(folder, inside)
	return slices.ContainsFunc(strings.Split(filepath.ToSlash(names), "/"), func(name string) bool {
		return slices.Contains([]string{"tests", "test", "docs", "site-packages", "vendor", "build", "dist"}, name)
	})
}

// severalAddons names what a folder holds, and how one of them is judged.
func severalAddons(path, folder string, found []string) error {
	const most = 10
	var names strings.Builder
	for _, one := range found[:min(len(found), most)] {
		name, err := filepath.Rel(folder, one)
		if err != nil {
			name = one
		}
		fmt.Fprintf(&names, "\n  %s", filepath.Join(path, name))
	}
	if len(found) > most {
		fmt.Fprintf(&names, "\n  and %d more", len(found)-most)
	}
	return fmt.Errorf("find add-on: %s is no add-on and holds %d; name the one that is meant, "+
		"or write its target file into that folder (bgcheck init):%s", path, len(found), names.String())
}
