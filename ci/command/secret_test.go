package command

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func TestNoReportHoldsTheTokenOfTheRun(t *testing.T) {
	for name, more := range map[string]string{
		"never ready":  `, FAKE_PRINT: "secret={token}", FAKE_SERVICE: mute`,
		"a stop check": `, FAKE_PRINT: "secret={token}", FAKE_SIGNALS: "none"`,
	} {
		t.Run(name, func(t *testing.T) {
			file, out := fakeTarget(t, serving+more)
			replace(t, file, "quiet: 200ms", "quiet: 200ms, ready: 2s")
			code, text, errout := try(t, "check", file, "--check", "start/ready,stop/sigterm")
			if code != int(NotGood) {
				t.Fatalf("exit %d:\n%s%s", code, text, errout)
			}
			logs, err := filepath.Glob(filepath.Join(out, "runs", "*", "*", "*", "log.txt"))
			if err != nil || len(logs) == 0 {
				t.Fatalf("no log: %v", err)
			}
			var tokens [][]byte
			for _, log := range logs {
				content, err := os.ReadFile(log)
				if err != nil {
					t.Fatal(err)
				}
				if found := regexp.MustCompile(`secret=([0-9a-f]{32})`).FindSubmatch(content); found != nil {
					tokens = append(tokens, found[1])
				}
			}
			if len(tokens) == 0 {
				t.Fatal("no log holds a token: nothing was tried")
			}
			shown := map[string][]byte{"the terminal": []byte(text + errout)}
			for _, pattern := range []string{"*.*", "runs/*/*.*", "runs/*/parts/*", "runs/*/fault-*"} {
				files, err := filepath.Glob(filepath.Join(out, pattern))
				if err != nil {
					t.Fatal(err)
				}
				for _, file := range files {
					if content, err := os.ReadFile(file); err == nil {
						shown[file] = content
					}
				}
			}
			for where, content := range shown {
				for _, token := range tokens {
					if bytes.Contains(content, token) {
						t.Errorf("%s holds the token", where)
					}
				}
			}
		})
	}
}
