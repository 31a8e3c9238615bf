package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/process"
)

// outputDelay is how long output is waited for once the program has ended or
// has been killed: a process it left behind may hold the pipe.
const outputDelay = 2 * time.Second

// CommandClient is a client program of the author's own.
type CommandClient struct {
	argv []string
	env  map[string]string
	dir  string
}

var _ Client = (*CommandClient)(nil)

// Command runs argv once for each request: the request is its standard input,
// its standard output the reply. env is set beside this process's environment.
// A program that does not exit 0 is a *CommandError, with its output beside it.
//
// It runs in a process group of its own, of which nothing is left when Do
// returns: the whole group is killed when the program or ctx has ended. On
// Windows that is taskkill /T, only when ctx ends.
func Command(argv []string, env map[string]string) *CommandClient {
	return &CommandClient{argv: slices.Clone(argv), env: maps.Clone(env)}
}

// In runs the program in the folder dir; default: this process's own.
func (c *CommandClient) In(dir string) *CommandClient {
	c.dir = dir
	return c
}

// Do implements Client.
func (c *CommandClient) Do(ctx context.Context, request []byte) ([]byte, error) {
	if len(c.argv) == 0 {
		return nil, errors.New("command: no program was named")
	}
	cmd := exec.Command(c.argv[0], c.argv[1:]...)
	cmd.Dir, cmd.Env = c.dir, os.Environ()
	for _, name := range slices.Sorted(maps.Keys(c.env)) {
		cmd.Env = append(cmd.Env, name+"="+c.env[name])
	}
	within, tooMuch := context.WithCancel(ctx)
	defer tooMuch()
	stdout := bounded{limit: replyLimit(ctx, len(request)), over: tooMuch}
	stderr := tail{limit: 64 << 10}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(request), &stdout, &stderr
	cmd.WaitDelay = outputDelay
	err := process.RunGroup(within, cmd)
	switch {
	case stdout.full:
		bad := endless(stdout.limit)
		return stdout.kept.Bytes(), &MalformedError{Client: c.String(), Reason: bad.reason, Endless: true, Reply: stdout.kept.Bytes()}
	case err == nil:
		return stdout.kept.Bytes(), nil
	case ctx.Err() != nil:
		return stdout.kept.Bytes(), &TimeoutError{
			Client: c.String(), Sent: true, Received: stdout.kept.Len(),
			Begin: bytes.Clone(stdout.kept.Bytes()[:min(quoted, stdout.kept.Len())]), Err: ctx.Err(),
		}
	case errors.Is(err, exec.ErrWaitDelay):
		// It exited 0, and something it started held its output open.
		return stdout.kept.Bytes(), nil
	case cmd.ProcessState == nil:
		return nil, fmt.Errorf("command %s: start: %w", c.argv[0], err)
	}
	return stdout.kept.Bytes(), &CommandError{
		Argv: slices.Clone(c.argv), Code: cmd.ProcessState.ExitCode(), Stderr: stderr.kept, Err: err,
	}
}

// String implements Client.
func (c *CommandClient) String() string { return "command " + strings.Join(c.argv, " ") }

// bounded keeps what is written to it, up to its limit, and calls over beyond.
type bounded struct {
	kept  bytes.Buffer // not embedded: its ReadFrom knows no limit
	limit int64
	full  bool
	over  func()
}

func (b *bounded) Write(p []byte) (int, error) {
	if room := b.limit - int64(b.kept.Len()); int64(len(p)) > room {
		_, _ = b.kept.Write(p[:max(room, 0)])
		b.full = true
		b.over()
		return 0, io.ErrShortBuffer
	}
	return b.kept.Write(p)
}

// tail keeps the last bytes written to it.
type tail struct {
	limit int
	kept  []byte
}

func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if len(t.kept) > 2*t.limit {
		t.kept = append(t.kept[:0], last(t.kept, t.limit)...)
	}
	return len(p), nil
}
