package contract

import (
	"context"
	"errors"
	"fmt"

	"github.com/bgcheck/bgcheck/harness"
)

// What checks of one's own ask a life. Each call waits no longer than ctx and
// the session's patience: ten times the latency budget, four seconds at least.

// Ask sends the target's probe (ready, echo or exec request) and passes when a
// whole reply comes.
func (l *Life) Ask(ctx context.Context) error { return l.ping(ctx) }

// Echo sends the echo request with a message and returns the reply.
func (l *Life) Echo(ctx context.Context, text string) ([]byte, error) {
	if l.session.target.Echo == nil {
		return nil, errors.New("echo: the target file gives no echo request")
	}
	return l.send(ctx, message{text: text})
}

// Exec sends the exec request with code and returns the reply. A reply proves
// nothing: see Run.
func (l *Life) Exec(ctx context.Context, code string) ([]byte, error) {
	if l.session.target.Exec == nil {
		return nil, errors.New("exec: the target file gives no exec request")
	}
	return l.exec(ctx, code)
}

// Run executes Python that puts what it finds into the dict _bg, and returns
// what it put there, by way of a file in the scratch folder. It is an error
// when nothing has come 5 s after the reply. bpy, json, os, threading and time
// are imported.
func (l *Life) Run(ctx context.Context, code string) (map[string]any, error) {
	if l.session.target.Exec == nil {
		return nil, errors.New("run: the target file gives no exec request")
	}
	seen, err := l.run(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	if seen.wrote == nil {
		return nil, fmt.Errorf("run: the code had no effect; reply: %s", replyText(seen.reply, seen.replyErr))
	}
	return seen.wrote, nil
}

// End asks the life to end with SIGTERM (or what options say), waits for the
// target's stop budget, and kills it then.
func (l *Life) End(ctx context.Context, options ...harness.StopOption) (*harness.Exit, error) {
	grace := harness.StopGrace(l.session.target.Budgets.Stop)
	return l.stop(ctx, append([]harness.StopOption{grace}, options...)...)
}
