package supervise

import "os"

// Where the supervisor has Blender's standard input and output when they are the
// harness's (Order.Input "wire").
const wireIn, wireOut = 3, 4

// output is what Blender's standard output leads to, and what closes the
// supervisor's own end of it, so that its end is seen.
func output(kind string) (out *os.File, done func()) {
	if kind != "wire" {
		return os.Stderr, func() {}
	}
	wire := os.NewFile(wireOut, "output")
	return wire, func() { _ = wire.Close() }
}

// wire makes the two pipes, and what the supervisor gets of them.
func (p *Process) wire() (given []*os.File, err error) {
	in, stdin, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	stdout, out, err := os.Pipe()
	if err != nil {
		closeAll([]*os.File{in, stdin})
		return nil, err
	}
	p.Stdin, p.Stdout = stdin, stdout
	return []*os.File{in, out}, nil
}
