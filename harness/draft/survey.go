package draft

import (
	"archive/zip"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// survey is what a reading of an add-on's source has found.
type survey struct {
	facts     addonsrc.Facts
	label     string   // put before the names of files, "my_addon/"
	all       []pyFile // that lie there
	files     []pyFile // those of them that are of the add-on itself
	env       []envRead
	ports     []portValue
	functions []pyFunction
	blInfo    map[string]string // "name", "blender" (as "2.83")
	// The first place of each: import ("http.server"), text, key that is looked
	// up in a mapping, word that a request is told apart by, parameter, called
	// name, attribute, class, path of a request.
	imports, texts, keys, words, parameters, calls, attributes, classes, routes places
	newline                                                                     place           // where bytes are parted by line ends
	execKey                                                                     word            // the key whose value is run
	valueOf                                                                     map[string]word // the key looked up behind a word
}

// places maps what was found to where it first was.
type places map[string]place

func newSurvey() *survey {
	return &survey{
		blInfo: map[string]string{}, imports: places{}, texts: places{}, keys: places{}, words: places{},
		valueOf: map[string]word{}, parameters: places{}, calls: places{}, attributes: places{}, classes: places{}, routes: places{},
	}
}

// pyFile is one source file; module is its name below the add-on's module, with
// a dot before each part, "" for the add-on's own.
type pyFile struct {
	name, module string
	tokens       addonsrc.Stream
	own          bool // it is of the add-on itself
}

// place is a line of a source file.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// envRead is one os.environ.get.
type envRead struct {
	name, fallback string
	place
}

// portValue is a number that something called port is set to.
type portValue struct {
	name, value string
	place
}

// pyFunction is a def at the top level of a module.
type pyFunction struct {
	module, name string
	required     int // parameters without a default
	async        bool
	body         addonsrc.Stream
	place
}

// maxFiles bounds how many source files are read.
const maxFiles = 400

// lookAt reads the add-on at a path.
func lookAt(file string) (*survey, error) {
	s := newSurvey()
	s.facts = addonsrc.Read(file)
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read add-on: %w", err)
	case s.facts.Unreadable != nil:
		return nil, fmt.Errorf("read add-on %s: %w", file, s.facts.Unreadable)
	case info.IsDir():
		s.label = filepath.Base(file) + "/"
		err = s.readFolder(os.DirFS(file), ".")
	case s.facts.IsZip:
		s.label = filepath.Base(file) + "/"
		err = s.readArchive(file)
	default:
		s.all = append(s.all, pyFile{name: filepath.Base(file), tokens: addonsrc.Tokens(string(addonsrc.ReadFile(file)))})
	}
	if err != nil {
		return nil, fmt.Errorf("read add-on: %w", err)
	}
	sort.SliceStable(s.all, func(i, j int) bool {
		return strings.Count(s.all[i].module, ".") < strings.Count(s.all[j].module, ".")
	})
	s.own()
	return s, nil
}

// readFolder reads the .py files below a folder of a file system.
func (s *survey) readFolder(system fs.FS, root string) error {
	return fs.WalkDir(system, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() {
			if name != root && (strings.HasPrefix(base, ".") || addonsrc.NoPart(system, name) || base == "tests" || base == "test" ||
				base == "docs" || base == "site-packages" || base == "vendor") {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(base) != ".py" || len(s.all) >= maxFiles {
			return nil
		}
		f, err := regular.OpenIn(system, name)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, regular.ErrKind) {
			return nil // a link that points nowhere, a pipe: Blender does not mind either
		}
		if err != nil {
			return err
		}
		defer f.Close()
		inside := strings.TrimPrefix(strings.TrimPrefix(name, root), "/")
		module := strings.TrimSuffix(strings.TrimSuffix(inside, ".py"), "__init__")
		module = strings.TrimSuffix(strings.ReplaceAll(module, "/", "."), ".")
		if module != "" {
			module = "." + module
		}
		s.all = append(s.all, pyFile{name: s.label + inside, module: module, tokens: addonsrc.Tokens(string(addonsrc.ReadAll(f)))})
		return nil
	})
}

// readArchive reads a zip: what is in its add-on's folder, or at its top.
func (s *survey) readArchive(file string) error {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return err
	}
	defer archive.Close()
	if _, err := fs.Stat(archive, s.facts.Base); err == nil {
		return s.readFolder(archive, s.facts.Base)
	}
	return s.readFolder(archive, ".")
}

// file looks through one file's tokens.
func (s *survey) file(f pyFile) {
	t := f.tokens
	constants := map[string]string{}
	s.executed(f.name, t)
	for i, token := range t {
		at := place{f.name, token.Line}
		switch {
		case token.Kind == 's':
			remember(s.texts, token.Text, at)
			s.key(t, i, at)
		case token.Kind == '0' && t.Is(i-1, ",") && t.At(i-2).Kind == 's' && hostText.MatchString(t.Text(i-2)):
			s.port("port", token.Text, at)
		case token.Kind != 'n':
		case token.First && token.Text == "import", token.First && token.Text == "from":
			s.imported(t, i, at)
		case token.Text == "def":
			s.function(f, t, i)
		case token.Text == "class":
			remember(s.classes, t.Text(i+1), at)
		case token.Text == "bl_info" && token.First && token.Indent == 0:
			s.info(t, i)
		case token.Text == "environ" || token.Text == "getenv":
			s.environ(t, i, at, constants)
		default:
			s.name(t, i, at, constants)
		}
	}
}

func remember(in places, what string, at place) {
	if _, known := in[what]; !known && what != "" {
		in[what] = at
	}
}

// any is the first of the names that was found in a map, with its place.
func anyOf(in places, names ...string) (string, place, bool) {
	for _, name := range names {
		if at, ok := in[name]; ok {
			return name, at, true
		}
	}
	return "", place{}, false
}
