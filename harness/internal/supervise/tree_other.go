//go:build !linux

package supervise

import (
	"fmt"
	"os"
	"syscall"
)

// startProcess starts what o orders, with the
// supervisor's standard error to write to.
func startProcess(o Order, attributes *syscall.SysProcAttr) (*os.Process, error) {
	in, err := input(o.Input)
	if err != nil {
		return nil, err
	}
	if in != nil {
		defer func() { _ = in.Close() }()
	}
	out, done := output(o.Input)
	defer done()
	p, err := os.StartProcess(o.Path, o.Args, &os.ProcAttr{
		Dir:   o.Dir,
		Env:   o.Env,
		Files: []*os.File{in, out, os.Stderr},
		Sys:   attributes,
	})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Path, err)
	}
	return p, nil
}
