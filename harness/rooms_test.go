package harness_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// rooms are the packages of this module from left to right: each may import those
// that stand behind it, none before it. A line is a floor; those on one do not know
// one another, and a room "x/..." holds all below x.
var rooms = [][]string{
	{".", "suites/..."},
	{"ci/command"},
	{"ci/bench", "ci/bundled", "ci/dist", "ci/gateproof", "harness/spec"},
	{"harness/spec/containers"},
	{"harness/spec/setup"},
	{"fixtures", "harness/draft", "harness/checks", "harness/fuzz", "harness/gate"},
	{"harness/mishap"},
	{"harness/contract", "harness/remedy"},
	{"harness/explain", "harness/match", "harness/otherside", "harness/container", "harness/window", "harness/attach"},
	{"harness"},
	{"harness/target", "harness/report"},
	{"harness/service", "pyaddon"},
	{"harness/usage", "harness/internal/..."}, // usage reads /proc as they do; the supervisor measures with it
}

const module = "github.com/bgcheck/bgcheck"

// floor is where a package stands; -1 for one that is in no room.
func floor(folder string) int {
	for i, row := range rooms {
		for _, room := range row {
			below, all := strings.CutSuffix(room, "/...")
			if folder == room || all && strings.HasPrefix(folder, below+"/") {
				return i
			}
		}
	}
	return -1
}

func TestImportsGoOneWay(t *testing.T) {
	err := filepath.WalkDir("..", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "testdata" || name == "out" || name == "bin" || name != ".." && strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if entry.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel("..", filepath.Dir(file))
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(rel)
		if strings.HasPrefix(folder, "fixtures/") || strings.HasPrefix(folder, "docker/") || strings.HasPrefix(folder, "harness/internal/testkit") {
			return nil // for tests
		}
		here := floor(folder)
		if here < 0 {
			t.Errorf("%s is in no room: give it a place in rooms_test.go", folder)
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			other, ours := strings.CutPrefix(imported, module+"/")
			if !ours || other == folder {
				continue
			}
			there := floor(other)
			if there < here || there == here && there != len(rooms)-1 {
				t.Errorf("%s imports %s, which stands before or beside it", filepath.ToSlash(file), other)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
