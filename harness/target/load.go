package target

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// FileName is the name of a target file in a folder given to Load.
const FileName = "bgcheck.yaml"

// maxSize of a target file, in bytes.
const maxSize = 1 << 20

// leastFile is what an empty file is told to hold.
const leastFile = `"addon: FOLDER" and "launch: {start: MODULE:FUNCTION}" on two lines`

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
	absolute, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("find folder of target file: %w", err)
	}
	t, err := parse(file, data, filepath.Dir(absolute))
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
				"`make target ADDON=%s` writes a first one", path, path)
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
	return "", fmt.Errorf("find target file: no %s in folder %s; `make target ADDON=%s` writes a first one: %w",
		FileName, path, path, fs.ErrNotExist)
}

// read returns the file's bytes, at most one more than maxSize.
func read(file string) ([]byte, error) {
	f, err := os.Open(file)
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

var (
	yamlLine    = regexp.MustCompile(`line (\d+): `)
	yamlPrefix  = regexp.MustCompile(`^(yaml: )?((line|offset) \d+: )?`)
	bareHolder  = regexp.MustCompile(`(?:^|[\s:,\[])(\{[a-z]+(?::\w+)?\})[^\s,}\]"']`)
	needsQuotes = regexp.MustCompile(`:\s+[@%` + "`" + `]`)
)

// remedies are for messages of the parser, by a part of each.
var remedies = map[string]string{
	"',' or ']'":                 "a ] that ends the list begun with [ here or above",
	"',' or '}'":                 "a } that ends the mapping begun with { here or above; text with { in it stands in quotes",
	"unexpected end of stream":   "the quote that ends the text begun here",
	"mapping values are not":     `quotes around a text that holds ": ", or the key one line down and indented`,
	"did not find expected key":  "keys of one mapping indented alike, and text that begins with a quote to end with it",
	"did not find expected '-'":  "every item of the list to begin with \"- \", indented alike",
	"unknown anchor":             "an anchor (&name) above its alias (*name); a text that begins with * stands in quotes",
	"unknown escape character":   "single quotes, in which \\ is an ordinary letter",
	"did not find expected node": "a value after the comma, colon or bracket",
}

// syntax reports an error of the YAML parser, with the likely cause.
func (s *source) syntax(p *problems, err error) {
	line := 1
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
	}
	message := yamlPrefix.ReplaceAllString(err.Error(), "")
	// The parser names the line at which it gave up, often one past the cause.
	for _, at := range []int{line, line - 1, line + 1} {
		text := s.line(at)
		if m := bareHolder.FindStringSubmatchIndex(text); m != nil {
			column := utf8.RuneCountInString(text[:m[2]]) + 1
			p.add(at, column, "not YAML: %s; expected the whole text in quotes, as in \"%s...\": an unquoted { begins a mapping",
				message, text[m[2]:m[3]])
			return
		}
		if needsQuotes.MatchString(text) {
			p.add(at, indent(text)+1, "not YAML: %s; expected a text that begins with @, %% or ` in quotes", message)
			return
		}
	}
	expected := `"key: value" lines, indented by spaces`
	for part, remedy := range remedies {
		if strings.Contains(message, part) {
			expected = remedy
		}
	}
	p.add(line, indent(s.line(line))+1, "not YAML: %s; expected %s", message, expected)
}

// indent counts the white space before a line's text.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }
