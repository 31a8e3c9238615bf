package service

import (
	"context"
	"errors"
)

// Client speaks to one service at one address. All methods may be called by
// several goroutines at once. A deadline on ctx bounds each call.
type Client interface {
	// Do sends one whole request on a connection of its own and returns the
	// whole reply. The bytes are the protocol's payload: a JSON object
	// without its newline, an HTTP body, a command's standard input.
	Do(ctx context.Context, request []byte) (reply []byte, err error)
	// String names protocol and address, e.g. "tcp-json 127.0.0.1:23333".
	String() string
}

// Fragmenter is a Client that can send a request in pieces of n bytes, each in
// a TCP segment of its own where the system allows it.
type Fragmenter interface {
	DoFragmented(ctx context.Context, request []byte, n int) (reply []byte, err error)
}

// Breaker is a Client whose wire can be broken on purpose: raw bytes are sent
// as they are, then the connection is half-closed (close "write"), reset
// (close "reset") or left open (close "none") and what comes back is returned.
type Breaker interface {
	DoRaw(ctx context.Context, wire []byte, end Ending) (reply []byte, err error)
}

// Ending is how a broken request's connection is ended by the client.
type Ending int

// The endings.
const (
	// EndWrite half-closes: the service sees the end of the request and can still reply.
	EndWrite Ending = iota
	// EndNone leaves the connection open and waits for the reply.
	EndNone
	// EndReset closes with a TCP reset at once; no reply is read.
	EndReset
)

// ErrNoService means: the target has no service to speak to (protocol "none").
var ErrNoService = errors.New("the target offers no service")
