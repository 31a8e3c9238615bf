package addonsrc

import (
	"archive/zip"
	"bufio"
	"bytes"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// ExtensionPrefix is where Blender 4.2 and later keep extensions that were
// copied into the user's own repository.
const ExtensionPrefix = "bl_ext.user_default."

var moduleName = regexp.MustCompile(`^\w[\w-]*(\.\w[\w-]*)*$`)

// IsModule says whether Blender can enable what has this name: letters, digits,
// _ and -, in parts with dots between.
func IsModule(name string) bool { return moduleName.MatchString(name) }

// Facts is what is read from an add-on to name it.
type Facts struct {
	Base       string // folder or file name without suffix; inside a zip its only folder
	Manifest   []byte // blender_manifest.toml, nil when there is none
	HasInit    bool   // __init__.py, or the .py file itself
	HasBlInfo  bool
	IsZip      bool
	Unreadable error
}

var blInfo = regexp.MustCompile(`(?m)^bl_info\s*(:[^=]+)?=`)

// maxSource bounds what is read of one source file.
const maxSource = 4 << 20

// Read looks at the folder, .py file or zip at file. What cannot be read is in
// Unreadable, and the rest is empty.
func Read(file string) Facts {
	f := Facts{Base: strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))}
	info, err := os.Stat(file)
	switch {
	case err != nil:
		f.Unreadable = err
	case info.IsDir():
		f.Base = filepath.Base(file)
		f.Manifest = ReadFile(filepath.Join(file, "blender_manifest.toml"))
		init := ReadFile(filepath.Join(file, "__init__.py"))
		f.HasInit, f.HasBlInfo = init != nil, blInfo.Match(init)
	case strings.EqualFold(filepath.Ext(file), ".zip"):
		f.readZip(file, info)
	case !info.Mode().IsRegular():
		f.Unreadable = regular.Check(file, info.Mode())
	default:
		f.HasInit, f.HasBlInfo = true, blInfo.Match(ReadFile(file))
	}
	return f
}

// ReadFile reads the beginning of a source file, at most 4 MiB; nil when it
// cannot be read.
func ReadFile(file string) []byte {
	f, err := regular.Open(file)
	if err != nil {
		return nil
	}
	defer f.Close()
	return ReadAll(f)
}

// ReadAll reads at most 4 MiB of what is open already; nil when it cannot be read.
func ReadAll(r io.Reader) []byte {
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
func (f *Facts) readZip(file string, info fs.FileInfo) {
	f.IsZip = true
	if f.Unreadable = regular.Check(file, info.Mode()); f.Unreadable != nil {
		return
	}
	archive, err := zip.OpenReader(file)
	if err != nil {
		f.Unreadable = err
		return
	}
	defer archive.Close()
	if f.Unreadable = ZipBomb(&archive.Reader, info.Size()); f.Unreadable != nil {
		return
	}
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
			f.Manifest, f.HasInit, f.HasBlInfo = nil, false, false
		}
		reader, err := member.Open()
		if err != nil {
			f.Unreadable = err
			return
		}
		data := ReadAll(reader)
		_ = reader.Close()
		switch {
		case folder != ".":
			f.Base = folder
		case single && path.Base(name) != "__init__.py" && f.Manifest == nil:
			f.Base = strings.TrimSuffix(name, ".py")
		}
		if path.Base(name) == "blender_manifest.toml" {
			f.Manifest = data
		} else {
			f.HasInit, f.HasBlInfo = true, f.HasBlInfo || blInfo.Match(data)
		}
	}
}

// Extension says whether the add-on can only be an extension.
func (f Facts) Extension() bool { return f.Manifest != nil && !f.HasBlInfo }

// Module is the name that the add-on is enabled by.
func (f Facts) Module(extension bool) string {
	if !extension {
		return f.Base
	}
	if id := f.ManifestValue("id"); id != "" {
		return ExtensionPrefix + id
	}
	return ExtensionPrefix + f.Base
}

// ManifestValue reads one text at the top level of a blender_manifest.toml. It
// is no TOML parser: it knows `key = "text"` in one line, before the first
// table, which is how Blender's own manifests give id, name, version and
// blender_version_min.
func (f Facts) ManifestValue(key string) string {
	lines := bufio.NewScanner(bytes.NewReader(f.Manifest))
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
