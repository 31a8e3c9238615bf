package target

import (
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// Resolve makes an absolute path of one in the target: relative ones start
// from Dir, and from the working directory when Dir is empty. "" stays "".
func (t *Target) Resolve(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	name = filepath.Join(t.Dir, filepath.FromSlash(name))
	if absolute, err := filepath.Abs(name); err == nil {
		return absolute
	}
	return name
}

// IsExtension says whether the add-on is installed as an extension (4.2+).
func (t *Target) IsExtension() bool {
	if t.Kind != "" {
		return t.Kind == "extension"
	}
	if strings.HasPrefix(t.Module, addonsrc.ExtensionPrefix) {
		return true
	}
	return t.Addon != "" && addonsrc.Read(t.Resolve(t.Addon)).Extension()
}
