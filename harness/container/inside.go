package container

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

var _ harness.Inside = (*process)(nil)

// errLauncher: what only the launcher can do, and it takes a Python in the image.
var errLauncher = fault.Machinef("reach a socket in the container: that takes a Python in the image")

// Dial connects to a Unix socket in the container by way of the launcher, which
// listens on the port that the service does not use.
func (p *process) Dial(ctx context.Context, path string) (net.Conn, error) {
	if !p.launcher {
		return nil, errLauncher
	}
	p.relayed.Do(func() { _, p.relay = p.ask(ctx, request{Do: "relay", Port: p.spec.Port}) })
	if p.relay != nil {
		return nil, p.relay
	}
	address, err := p.Address(ctx, p.spec.Port)
	if err != nil {
		return nil, err
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	said, err := greet(conn, path)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err == nil && said != 0 {
		err = &net.OpError{Op: "dial", Net: "unix", Err: said}
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("connect to %s in the container: %w", path, err)
	}
	return conn, nil
}

// stdioName names Blender's standard input and output to the relay.
const stdioName = "stdio:"

// Stdio is one connection for both directions.
func (p *process) Stdio(ctx context.Context) (io.WriteCloser, io.ReadCloser, error) {
	if p.spec.Input != harness.InputWire {
		return nil, nil, nil
	}
	conn, err := p.Dial(ctx, stdioName)
	if err != nil {
		return nil, nil, err
	}
	return halfClosed{conn.(*net.TCPConn)}, conn, nil
}

// halfClosed ends one direction when it is closed.
type halfClosed struct{ *net.TCPConn }

func (h halfClosed) Close() error { return h.CloseWrite() }

// greet names the socket to the relay, and reads the number of the error that
// connecting to it gave, 0 for none, byte by byte: what follows is the service's.
func greet(conn net.Conn, path string) (syscall.Errno, error) {
	if _, err := conn.Write([]byte(path + "\n")); err != nil {
		return 0, err
	}
	var line []byte
	for one := make([]byte, 1); len(line) < 16; line = append(line, one[0]) {
		if _, err := conn.Read(one); err != nil {
			return 0, err
		}
		if one[0] == '\n' {
			break
		}
	}
	number, err := strconv.Atoi(string(line))
	return syscall.Errno(number), err
}

// Mode asks the launcher.
func (p *process) Mode(ctx context.Context, path string) (fs.FileMode, error) {
	if !p.launcher {
		return 0, errLauncher
	}
	answer, err := p.ask(ctx, request{Do: "mode", Path: path})
	switch {
	case err != nil:
		return 0, err
	case answer.Missing:
		return 0, &os.PathError{Op: "stat", Path: path, Err: fs.ErrNotExist}
	}
	mode := fs.FileMode(answer.Mode & 0o777)
	for kind, bits := range map[uint32]fs.FileMode{syscall.S_IFSOCK: fs.ModeSocket, syscall.S_IFDIR: fs.ModeDir, syscall.S_IFLNK: fs.ModeSymlink} {
		if answer.Mode&syscall.S_IFMT == kind {
			mode |= bits
		}
	}
	return mode, nil
}
