package spec

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// uncache keeps go test from ever answering "(cached)" for this run: what was
// seen on a Blender some time ago says nothing about now.
//
// The go command caches a passing test unless an input changed. Inputs are what
// the test opened below its module's root, and folders it changed to; it keeps
// no result of a test that opened a file younger than two seconds (see
// cmd/go/internal/test, hashOpen and computeTestInputsID). So a file is opened
// whose time lies ahead. Where the out folder is outside the module, such files
// do not count; there, on Linux, the folder /proc/PARENT is changed to and left
// again: its time is the go command's own, and another one's differs.
//
// It must be called inside a test, while nothing else runs that depends on the
// current folder: when the tree of specs is built.
func uncache(out string) {
	path := filepath.Join(out, "runs", ".uncached")
	if err := os.WriteFile(path, nil, 0o644); err == nil {
		ahead := time.Now().Add(24 * time.Hour)
		if os.Chtimes(path, ahead, ahead) == nil {
			if f, err := os.Open(path); err == nil {
				f.Close()
			}
		}
	}
	here, err := os.Getwd()
	if err != nil {
		return
	}
	if os.Chdir(fmt.Sprintf("/proc/%d", parent)) == nil {
		if err := os.Chdir(here); err != nil {
			panic(fmt.Sprintf("go back to %s: %v", here, err))
		}
	}
}
