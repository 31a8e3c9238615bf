//go:build !linux

package harness

import (
	"errors"
	"runtime"
)

func findXvfb() (string, error) {
	return "", machinef("open a window: the backend window works on Linux alone, not on %s", runtime.GOOS)
}

func (o *order) behindXvfb(string, string) error { return errors.ErrUnsupported }

func whyNoWindow(string) error { return nil }

func forgetDisplay(string) {}
