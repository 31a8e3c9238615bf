package target

import (
	"archive/zip"
	"bufio"
	"bytes"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// extensionPrefix is where Blender 4.2 and later keep extensions that were
// copied into the user's own repository.
const extensionPrefix = "bl_ext.user_default."

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
	if strings.HasPrefix(t.Module, extensionPrefix) {
		return true
	}
	return t.Addon != "" && readAddon(t.Resolve(t.Addon)).extension()
}

// ModuleOf is the name that the add-on at path (folder, .py file or zip) is
// enabled by when nothing says otherwise.
func ModuleOf(path string) string {
	facts := readAddon(path)
	return facts.module(facts.extension())
}

// addonFacts is what is read from an add-on to name it.
type addonFacts struct {
	base       string // folder or file name without suffix; inside a zip its only folder
	manifest   []byte // blender_manifest.toml, nil when there is none
	hasInit    bool   // __init__.py, or the .py file itself
	hasBlInfo  bool
	isZip      bool
	unreadable error
}

var blInfo = regexp.MustCompile(`(?m)^bl_info\s*(:[^=]+)?=`)

// maxSource bounds what is read of one source file.
const maxSource = 4 << 20

// readAddon looks at the folder, .py file or zip at file.
func readAddon(file string) addonFacts {
	f := addonFacts{base: strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		f.unreadable = err
	case info.IsDir():
		f.base = filepath.Base(file)
		f.manifest = readSome(filepath.Join(file, "blender_manifest.toml"))
		init := readSome(filepath.Join(file, "__init__.py"))
		f.hasInit, f.hasBlInfo = init != nil, blInfo.Match(init)
	case strings.EqualFold(filepath.Ext(file), ".zip"):
		f.readZip(file)
	default:
		f.hasInit, f.hasBlInfo = true, blInfo.Match(readSome(file))
	}
	return f
}

// readSome reads the beginning of a file; nil when it cannot be read.
func readSome(file string) []byte {
	f, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	return readAll(f)
}

func readAll(r io.Reader) []byte {
	data, err := io.ReadAll(io.LimitReader(r, maxSource))
	if err != nil {
		return nil
	}
	if data == nil {
		data = []byte{}
	}
	return data
}

// readZip looks for the add-on at the top of an archive, or in its only folder.
func (f *addonFacts) readZip(file string) {
	f.isZip = true
	archive, err := zip.OpenReader(file)
	if err != nil {
		f.unreadable = err
		return
	}
	defer archive.Close()
	depth := 3
	for _, member := range archive.File {
		name := path.Clean(strings.ReplaceAll(member.Name, `\`, "/"))
		folder, at := path.Dir(name), strings.Count(name, "/")
		single := at == 0 && path.Ext(name) == ".py"
		if path.Base(name) != "__init__.py" && path.Base(name) != "blender_manifest.toml" && !single || at > 1 || at > depth {
			continue
		}
		if at < depth {
			depth = at
			f.manifest, f.hasInit, f.hasBlInfo = nil, false, false
		}
		reader, err := member.Open()
		if err != nil {
			f.unreadable = err
			return
		}
		data := readAll(reader)
		_ = reader.Close()
		switch {
		case folder != ".":
			f.base = folder
		case single && path.Base(name) != "__init__.py" && f.manifest == nil:
			f.base = strings.TrimSuffix(name, ".py")
		}
		if path.Base(name) == "blender_manifest.toml" {
			f.manifest = data
		} else {
			f.hasInit, f.hasBlInfo = true, f.hasBlInfo || blInfo.Match(data)
		}
	}
}

// extension says whether the add-on can only be an extension.
func (f addonFacts) extension() bool { return f.manifest != nil && !f.hasBlInfo }

// module is the name that the add-on is enabled by.
func (f addonFacts) module(extension bool) string {
	if !extension {
		return f.base
	}
	if id := manifestValue(f.manifest, "id"); id != "" {
		return extensionPrefix + id
	}
	return extensionPrefix + f.base
}

// manifestValue reads one text at the top level of a blender_manifest.toml. It
// is no TOML parser: it knows `key = "text"` in one line, before the first
// table, which is how Blender's own manifests give id, name, version and
// blender_version_min.
func manifestValue(manifest []byte, key string) string {
	lines := bufio.NewScanner(bytes.NewReader(manifest))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if strings.HasPrefix(line, "[") {
			return ""
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.Trim(strings.TrimSpace(name), `"'`) != key {
			continue
		}
		value = strings.TrimSpace(value)
		if value == "" || value[0] != '"' && value[0] != '\'' {
			return ""
		}
		if end := strings.IndexByte(value[1:], value[0]); end >= 0 {
			return value[1 : 1+end]
		}
	}
	return ""
}
