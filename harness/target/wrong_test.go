package target

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestMistakes compares what is said of each wrong file with the text beside it.
func TestMistakes(t *testing.T) {
	KnownChecks = []string{"exec/slow", "exec/serial", "stop/sigterm", "idle/cpu"}
	defer func() { KnownChecks = nil }()
	files, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(files) < 30 {
		t.Fatalf("find wrong files: %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			_, err := Load(file)
			var mistakes *Errors
			if !errors.As(err, &mistakes) {
				t.Fatalf("Load: %v; want *Errors", err)
			}
			said := strings.ReplaceAll(filepath.ToSlash(err.Error()), "testdata/wrong/", "") + "\n"
			sameFile(t, strings.TrimSuffix(file, ".yaml")+".txt", []byte(said))
			inside(t, file, mistakes)
		})
	}
}

// inside fails when a mistake is not at a place in the file, says nothing of
// what was expected, or comes out of order.
func inside(t *testing.T, file string, mistakes *Errors) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if message := misplaced(text, mistakes); message != "" {
		t.Error(message)
	}
}

func misplaced(text []byte, mistakes *Errors) string {
	lines := bytes.Split(text, []byte("\n"))
	last := 0
	for _, p := range mistakes.Problems {
		switch {
		case p.Line < 1 || p.Line > len(lines):
			return fmt.Sprintf("line %d of %d: %s", p.Line, len(lines), p.Message)
		case p.Column < 1 || p.Column > utf8.RuneCount(lines[p.Line-1])+1:
			return fmt.Sprintf("column %d of line %d: %s", p.Column, p.Line, p.Message)
		case p.Line < last:
			return fmt.Sprintf("line %d after line %d", p.Line, last)
		case !strings.Contains(p.Message, "expected"):
			return "nothing is said of what was expected: " + p.Message
		case strings.ContainsAny(p.Message, "\n\r"):
			return fmt.Sprintf("a message of several lines: %q", p.Message)
		}
		last = p.Line
	}
	return ""
}

func TestFileOverOneMiBIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bgcheck.yaml")
	if err := os.WriteFile(file, bytes.Repeat([]byte("# filler\n"), 1<<17), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), ":1:1: the file is larger than 1 MiB") {
		t.Fatalf("Load: %v", err)
	}
}

func TestMistakesAreBounded(t *testing.T) {
	text := "addon: x.py\n"
	for i := range 5000 {
		text += fmt.Sprintf("k%d: v\n", i)
	}
	_, err := parse("f", []byte(text), t.TempDir())
	var mistakes *Errors
	if !errors.As(err, &mistakes) || len(mistakes.Problems) != maxProblems {
		t.Fatalf("parse: %d mistakes; want %d", len(mistakes.Problems), maxProblems)
	}
}

func TestAliasesThatExplodeAreRefused(t *testing.T) {
	text := "x-a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 'b'; i < 'j'; i++ {
		text += fmt.Sprintf("x-%c: &%c [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", i-1), 10), ", "))
	}
	_, err := parse("f", []byte(text+"addon: a.py\necho: {request: *i}\n"), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "the aliases in this file stand for more than") {
		t.Fatalf("parse: %v", err)
	}
}

// FuzzLoad: no file makes Load panic, or speak of a place outside of it.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/wrong/*.yaml", "testdata/examples/*/bgcheck.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	// With the add-on there, files that are right go all the way.
	dir := f.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/examples/async-loop")); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		target, err := parse("bgcheck.yaml", text, dir)
		if err == nil {
			target.SetDefaults()
			target.Supports("4.2.0")
			if err := target.Check(); err != nil {
				t.Errorf("the target is not right once its defaults are set: %v", err)
			}
			return
		}
		var mistakes *Errors
		if !errors.As(err, &mistakes) || len(mistakes.Problems) == 0 {
			t.Fatalf("parse: %v; want *Errors", err)
		}
		if message := misplaced(text, mistakes); message != "" {
			t.Error(message)
		}
	})
}
