package command

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// commandLines collects the command lines of all processes until stop is called.
func commandLines() (stop func() string) {
	end, all := make(chan struct{}), make(chan string)
	go func() {
		seen := map[string]bool{}
		for {
			files, _ := filepath.Glob("/proc/[0-9]*/cmdline") // the pattern is right
			for _, file := range files {
				if text, err := os.ReadFile(file); err == nil {
					seen[string(text)] = true
				}
			}
			select {
			case <-end:
				var b strings.Builder
				for line := range seen {
					b.WriteString(line + "\n")
				}
				all <- b.String()
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() string { close(end); return <-all }
}

// TestAWholeRunShowsItsTokensToNobodyElse: other users read the command lines in
// /proc and what lies open; the environment and a folder of mode 0700 they do not.
func TestAWholeRunShowsItsTokensToNobodyElse(t *testing.T) {
	file, out := fakeTarget(t, serving+`, FAKE_PRINT: "secret={token}"`)
	replace(t, file, "quiet: 200ms", "quiet: 200ms, ready: 2s")
	replace(t, file, `{"message": "{message}"}`, `{"message": "{message}", "token": "{token}"}`)
	stop := commandLines()
	_, text, errout := try(t, "check", file, "--check", "start,alive,echo,idle,stop")
	lines := stop()
	tokens := map[string]bool{}
	read := func(path string) string {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		return string(content)
	}
	walk := func(each func(path string)) {
		err := filepath.WalkDir(out, func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				each(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	walk(func(path string) {
		if filepath.Base(path) == "log.txt" {
			for _, found := range regexp.MustCompile(`secret=([0-9a-f]{32})`).FindAllStringSubmatch(read(path), -1) {
				tokens[found[1]] = true
			}
		}
	})
	if len(tokens) < 3 || !strings.Contains(lines, "--background") {
		t.Fatalf("%d tokens, command lines:\n%s\n%s%s", len(tokens), lines, text, errout)
	}
	holds := func(text string) bool {
		for token := range tokens {
			if strings.Contains(text, token) {
				return true
			}
		}
		return false
	}
	if holds(lines) {
		t.Error("a command line held a token")
	}
	if holds(text + errout) {
		t.Errorf("the terminal shows a token:\n%s%s", text, errout)
	}
	walk(func(path string) {
		if !holds(read(path)) {
			return
		}
		if base := filepath.Base(path); base != "log.txt" && base != "command.sh" {
			t.Errorf("%s holds a token", path)
		}
		for folder := filepath.Dir(path); ; folder = filepath.Dir(folder) {
			if info, err := os.Stat(folder); err != nil || info.Mode()&0o077 == 0 {
				return
			}
			if folder == out {
				t.Errorf("%s holds a token and others can read it", path)
				return
			}
		}
	})
}
