package draft

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
	"github.com/bgcheck/bgcheck/harness/internal/plain"
	"github.com/bgcheck/bgcheck/harness/service"
	"github.com/bgcheck/bgcheck/harness/target"
)

// draft is a target file being written from a survey.
type draft struct {
	*survey
	folder string // beside the add-on, where its scripts lie
	base   string // of the file: its paths are relative to that
	addon  string // path in the file
	module string
	out    bytes.Buffer
	notes  []string
	hosted bool // it has no service of its own
	told   bool // the service learns its port by env or launch.args
}

// Text is a first target file for the add-on at path (folder, .py file or zip),
// made by reading its source: bl_info and blender_manifest.toml, reads of the
// environment, port constants, imports, functions that look like a start. Each
// line has a comment that says where it comes from; TODO marks what could not
// be told. Notes say the same in short, for the terminal. Paths in it are
// relative to the folder of file, where the text is to be written; "" is what
// File says. Nothing is run, and Python is not needed.
func Text(path, file string) (text []byte, notes []string, err error) {
	path, folder, err := findAddon(path)
	if err != nil {
		return nil, nil, err
	}
	s, err := lookAt(path)
	if err != nil {
		return nil, nil, err
	}
	if !s.facts.HasInit && s.facts.Manifest == nil {
		return nil, nil, fmt.Errorf("read add-on: %s has no __init__.py and no blender_manifest.toml, nor has a folder in it; "+
			"expected the add-on's folder, .py file or zip", path)
	}
	d := &draft{survey: s, folder: folder, base: folder}
	if file != "" {
		if d.base, err = filepath.Abs(filepath.Dir(file)); err != nil {
			return nil, nil, fmt.Errorf("find the target file's folder: %w", err)
		}
	}
	d.addon = d.relative(path)
	d.head()
	if d.isJob() {
		d.job()
	} else {
		d.launch()
	}
	if !d.hosted && !d.isJob() {
		d.environment()
		d.service()
		d.requests()
	}
	d.tail()
	if _, err := target.Parse(filepath.Join(d.base, target.FileName), d.out.Bytes()); err != nil {
		var mistakes *target.Errors
		if !errors.As(err, &mistakes) {
			return nil, nil, err
		}
		for _, p := range mistakes.Problems {
			d.notes = append(d.notes, fmt.Sprintf("TODO line %d: %s", p.Line, p.Message))
		}
	}
	return d.out.Bytes(), d.notes, nil
}

// File is where a drafted target file of the add-on at path belongs:
// bgcheck.yaml beside the add-on, or in it where it is a repository of its own.
func File(path string) (string, error) {
	_, folder, err := findAddon(path)
	return filepath.Join(folder, target.FileName), err
}

// relative is a path as the file writes it.
func (d *draft) relative(path string) string {
	short, err := filepath.Rel(d.base, path)
	if err != nil {
		short = path
	}
	return filepath.ToSlash(short)
}

// line writes one line.
func (d *draft) line(format string, args ...any) { fmt.Fprintf(&d.out, format+"\n", args...) }

// note is said on the terminal; todo in the file too, at the indentation given.
func (d *draft) note(format string, args ...any) {
	d.notes = append(d.notes, fmt.Sprintf(format, args...))
}

func (d *draft) todo(indent, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	d.line("%s# TODO %s", indent, text)
	d.note("TODO %s", text)
}

var (
	plainScalar = regexp.MustCompile(`^[A-Za-z_./][A-Za-z0-9_./-]*(:[A-Za-z_][A-Za-z0-9_]*)?$`)
	version     = regexp.MustCompile(`^\d{1,4}(\.\d{1,4}){0,2}$`) // of Blender
	yamlWord    = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|null|y|n|\.nan|[-+]?\.inf)$`)
)

// scalar writes a text as YAML, in quotes where it needs them.
func scalar(text string) string {
	if plainScalar.MatchString(text) && !yamlWord.MatchString(text) {
		return text
	}
	inside, _ := service.Escape("json", strings.ToValidUTF8(text, "?"))
	return `"` + inside + `"`
}

// comment makes one line of a text from somebody's source.
func comment(text string) string { return plain.Line(text, 120) }

// head writes what the add-on is.
func (d *draft) head() {
	d.line("# yaml-language-server: $schema=%s", target.SchemaURL)
	d.line("# First target file, written by reading %s. The comments say where each line comes", comment(filepath.Base(d.addon)))
	d.line("# from; look at the lines marked TODO, and at what it will be asked, before you believe a verdict.")
	d.line("")
	extension := d.facts.Extension()
	d.module = d.facts.Module(extension)
	if name := d.blInfo["name"]; name != "" {
		d.line("# bl_info calls it %q.", comment(name))
	}
	if d.isScript() {
		d.line("# It has neither bl_info nor register(): a script, run with --python.")
		d.line("launch:")
		d.line("  script: %s", scalar(d.addon))
		if d.isJob() {
			d.note("script %s, a job: it neither listens nor waits", d.addon)
			return
		}
		d.arguments(d.survey)
		d.line("")
		d.note("script %s", d.addon)
		return
	}
	d.line("addon: %s", scalar(d.addon))
	switch {
	case extension:
		d.line("# It has a blender_manifest.toml and no bl_info: an extension, imported as %s.", comment(d.module))
	case d.facts.Manifest != nil:
		d.line("# It has both bl_info and a blender_manifest.toml, and is checked as an add-on; to check it as an")
		d.line("# extension of Blender 4.2 and later write kind: extension.")
	}
	if name := strings.TrimPrefix(d.module, addonsrc.ExtensionPrefix); !addonsrc.IsModule(name) || !strings.HasPrefix(d.module, addonsrc.ExtensionPrefix) && strings.Contains(name, ".") {
		name = strings.Trim(regexp.MustCompile(`\W+`).ReplaceAllString(name, "_"), "_")
		if name == "" || name[0] >= '0' && name[0] <= '9' {
			name = "addon_" + name
		}
		d.module = name
		d.line("# Blender cannot enable %q; it is installed under this name instead.", comment(d.facts.Base))
		d.line("module: %s", name)
	}
	d.line("")
	d.note("add-on %s, enabled as %s", d.addon, d.module)
}

// isScript says whether a single file is no add-on but a script of the author's.
func (d *draft) isScript() bool {
	for _, fn := range d.functions {
		if fn.name == "register" {
			return false
		}
	}
	return strings.HasSuffix(d.addon, ".py") && !d.facts.HasBlInfo
}

// tail writes versions.
func (d *draft) tail() {
	from, where := d.blInfo["blender"], "bl_info"
	if minimum := d.facts.ManifestValue("blender_version_min"); minimum != "" && (d.facts.Extension() || from == "") {
		from, where = minimum, "blender_version_min in blender_manifest.toml"
	}
	if from != "" && version.MatchString(from) {
		d.line("# From %s.", where)
		d.line("blender: [%q]", ">="+from)
		d.line("")
	}
	d.line("# Where a check is not meant for this add-on, say why:")
	d.line("# skip:")
	d.line("#   exec/slow: the reason, which the report shows")
}

// has says whether any of the modules, or one in them, is imported.
func (d *draft) has(modules ...string) (place, bool) {
	for _, name := range sortedPlaces(d.imports) {
		for _, module := range modules {
			if name == module || strings.HasPrefix(name, module+".") {
				return d.imports[name], true
			}
		}
	}
	return place{}, false
}

func sortedPlaces(in places) []string {
	var names []string
	for name := range in {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
