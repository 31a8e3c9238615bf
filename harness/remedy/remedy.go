package remedy

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Remedy is a change that may help.
type Remedy struct {
	// What it does, in a few words: "keepalive.run() at the end of launch.py".
	What  string
	edits []edit
}

// edit replaces cut lines of a file, from line on (it counts from 1), by put. A file
// that is new is whole in put.
type edit struct {
	file string
	line int
	cut  int
	put  []string
	made bool
}

// makers make a remedy of a target and a result, by the name of the result's cause.
var makers = map[string]func(*target.Target, report.Result) (Remedy, bool){
	"returned":      keepAlive,
	"daemon-thread": keepAlive,
	"timers":        keepAlive,
	"stdin":         keepAlive,
	"thread-keeps":  daemonThread,
	"time-wait":     reuseAddress,
}

// For is the remedy for a failed result that can be tried; ok is false where there is
// none, which is most often so: what is to be written depends on what the author means.
func For(t *target.Target, r report.Result) (one Remedy, ok bool) {
	if r.Verdict != report.Fail {
		return Remedy{}, false
	}
	make, known := makers[r.Cause]
	if !known {
		return Remedy{}, false
	}
	return make(t, r)
}

// read gives a file's lines, without their ends.
func read(file string) ([]string, bool) {
	text, err := os.ReadFile(file)
	if err != nil || len(text) > 1<<20 {
		return nil, false
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n"), true
}

// sources are the Python files of a target: of its script, and of its add-on's folder.
func sources(t *target.Target) []string {
	var files []string
	if t.Launch.Script != "" {
		files = append(files, t.Resolve(t.Launch.Script))
	}
	if t.Addon != "" {
		_ = filepath.WalkDir(t.Resolve(t.Addon), func(name string, entry os.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && filepath.Ext(name) == ".py" {
				files = append(files, name)
			}
			return nil
		})
	}
	return files
}
