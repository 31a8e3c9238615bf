package target

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// FileName is the name of a target file in a folder given to Load.
const FileName = "bgcheck.yaml"

// maxSize of a target file, in bytes.
const maxSize = 1 << 20

// leastFile is what an empty file is told to hold.
const leastFile = `"addon: FOLDER", and "launch: {start: MODULE:FUNCTION}" on a second line where it is a service`

// Load reads the target file at path, or bgcheck.yaml in the folder at path,
// checks it, and fills in the defaults. Mistakes in the file come back all at
// once as an *Errors; other errors wrap those of package os.
func Load(path string) (*Target, error) {
	file, err := find(path)
	if err != nil {
		return nil, err
	}
	data, err := read(file)
	if err != nil {
		return nil, err
	}
	return Parse(file, data)
}

// Parse is Load for a text that is not, or not yet, in the file at path: a
// draft, an editor's buffer. The file is not read and need not be there; what
// the text names is looked for beside it.
func Parse(path string, text []byte) (*Target, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find folder of target file: %w", err)
	}
	t, err := parse(path, text, filepath.Dir(absolute))
	if err != nil {
		return nil, err
	}
	t.Path = absolute
	t.SetDefaults()
	return t, nil
}

// find turns the path of a folder into that of its target file.
func find(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("find target file: %w", err)
	}
	if !info.IsDir() {
		switch strings.ToLower(filepath.Ext(path)) {
		case ".py", ".zip":
			return "", fmt.Errorf("find target file: %s is an add-on, not a target file; "+
				"`bgcheck init %s` writes a first one", path, path)
		}
		return path, nil
	}
	file := filepath.Join(path, FileName)
	if _, err := os.Stat(file); err == nil {
		return file, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("find target file: %w", err)
	}
	for _, name := range []string{"bgcheck.yml", "bgcheck.json", ".bgcheck.yaml"} {
		other := filepath.Join(path, name)
		if _, err := os.Stat(other); err == nil {
			return "", fmt.Errorf("find target file: the folder holds %s; rename it to %s, or give its path: %w",
				name, FileName, fs.ErrNotExist)
		}
	}
	return "", fmt.Errorf("find target file: no %s in folder %s; `bgcheck init %s` writes a first one: %w",
		FileName, path, path, fs.ErrNotExist)
}

// read returns the file's bytes, at most one more than maxSize.
func read(file string) ([]byte, error) {
	f, err := regular.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read target file: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read target file: %w", err)
	}
	return data, nil
}

// parse makes a Target of a file's bytes, without defaults. dir is the folder
// that relative paths start from.
func parse(file string, data []byte, dir string) (*Target, error) {
	p := &problems{}
	text := &source{data: data}
	t := &Target{Dir: dir}
	if text.check(p) {
		if root := document(text, p); root != nil {
			p.note("", 1, 1)
			d := &decoder{problems: p}
			d.target(root, t)
			t.check(p)
		}
	}
	text.clamp(p)
	if err := p.err(file); err != nil {
		return nil, err
	}
	return t, nil
}

// document parses the only document of the file; nil when there is none.
func document(text *source, p *problems) (root *yaml.Node) {
	defer func() {
		// The YAML parser is not ours; a panic in it is a mistake in the file.
		if r := recover(); r != nil {
			p.add(1, 1, "not YAML: %v; expected \"key: value\" lines, indented by spaces", r)
			root = nil
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(text.data))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF):
		p.add(1, 1, "the file is empty; expected at least %s", leastFile)
		return nil
	case err != nil:
		text.syntax(p, err)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		line := max(second.Line, 1)
		p.add(line, 1, "a second document begins here; expected one target per file, without ---")
	case !errors.Is(err, io.EOF):
		text.syntax(p, err)
		return nil
	}
	if len(doc.Content) == 0 || (doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!null") {
		p.add(1, 1, "the file is empty; expected at least %s", leastFile)
		return nil
	}
	return doc.Content[0]
}
