package service

import (
	"context"
	"time"
)

type connectedKey struct{}

// OnConnected makes a client that opens a connection for each request call f
// when it is open, before anything is sent, and go on when f returns. With it
// many clients can wait until all of them are connected. A command does not
// tell when it connects.
func OnConnected(ctx context.Context, f func()) context.Context {
	return context.WithValue(ctx, connectedKey{}, f)
}

func connected(ctx context.Context) {
	if f, ok := ctx.Value(connectedKey{}).(func()); ok {
		f()
	}
}

type pausesKey struct{}

// WithPauses makes a client that sends a request in pieces (a Fragmenter) wait
// between two of them, so that each arrives by itself.
func WithPauses(ctx context.Context, pause time.Duration) context.Context {
	return context.WithValue(ctx, pausesKey{}, pause)
}

func pauses(ctx context.Context) time.Duration {
	pause, _ := ctx.Value(pausesKey{}).(time.Duration)
	return pause
}
