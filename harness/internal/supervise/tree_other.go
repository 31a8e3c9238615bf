//go:build !linux

package supervise

import (
	"fmt"
	"os"
	"syscall"
)

// startProcess starts what o Orders, with nothing to read and with the
// supervisor's standard error to write to.
func startProcess(o Order, attributes *syscall.SysProcAttr) (*os.Process, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer func() { _ = null.Close() }()
	p, err := os.StartProcess(o.Path, o.Args, &os.ProcAttr{
		Dir:   o.Dir,
		Env:   o.Env,
		Files: []*os.File{null, os.Stderr, os.Stderr},
		Sys:   attributes,
	})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Path, err)
	}
	return p, nil
}
