// Package regular opens files that people name, and only those that are files: a
// named pipe would make the reader wait for a writer, a device never ends.
//
//	f, err := regular.Open(path)
//	if err != nil {
//		return err // "…/x.yaml is a named pipe; expected a file"
//	}
//	defer f.Close()
package regular

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrKind marks what is there and is no file.
var ErrKind = errors.New("expected a file")

// Kind says what it is in words: "a named pipe", "a folder"; "" for a file.
func Kind(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return ""
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	}
	return "no file"
}

// Check is an error that wraps ErrKind when mode is not that of a file.
func Check(path string, mode fs.FileMode) error {
	if kind := Kind(mode); kind != "" {
		return fmt.Errorf("%s is %s; %w", path, kind, ErrKind)
	}
	return nil
}

// Open opens the file at path for reading.
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := Check(path, info.Mode()); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// OpenIn opens a file of tree for reading.
func OpenIn(tree fs.FS, name string) (fs.File, error) {
	info, err := fs.Stat(tree, name)
	if err != nil {
		return nil, err
	}
	if err := Check(name, info.Mode()); err != nil {
		return nil, err
	}
	return tree.Open(name)
}
