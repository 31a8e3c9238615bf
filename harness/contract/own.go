package contract

import (
	"context"
	"errors"
	"fmt"
)

// What checks of one's own ask a life. Each call waits no longer than ctx and
// the session's patience: ten times the latency budget, four seconds at least.

// Echo sends the echo request with a message and returns the reply.
func (l *Life) Echo(ctx context.Context, text string) ([]byte, error) {
	if l.session.target.Echo == nil {
		return nil, errors.New("echo: the target file gives no echo request")
	}
	return l.Send(ctx, Message{Text: text})
}

// Run executes Python that puts what it finds into the dict _bg, and returns
// what it put there, by way of a file in the scratch folder. It is an error
// when nothing has come 5 s after the reply. bpy, json, os, threading and time
// are imported.
func (l *Life) Run(ctx context.Context, code string) (map[string]any, error) {
	if l.session.target.Exec == nil {
		return nil, errors.New("run: the target file gives no exec request")
	}
	seen, err := l.Try(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	if seen.Wrote == nil {
		return nil, fmt.Errorf("run: the code had no effect; reply: %s", ReplyText(seen.Reply, seen.ReplyErr))
	}
	return seen.Wrote, nil
}
