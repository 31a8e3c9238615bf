package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// quoted is how many bytes of a bad reply an error message shows.
const quoted = 200

// RefusedError means: nobody listens at the address, or there is no such socket.
type RefusedError struct {
	// Client is the client's String.
	Client string
	// Err is the system's error.
	Err error
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("%s: connection refused: nobody listens there", e.Client)
}

// Unwrap gives the system's error.
func (e *RefusedError) Unwrap() error { return e.Err }

// ResetError means: the connection was torn down by the other side, as the system
// does when a process dies or closes without having read everything.
type ResetError struct {
	// Client is the client's String.
	Client string
	// Received bytes of a reply before the reset.
	Received int
	// Err is the system's error.
	Err error
}

func (e *ResetError) Error() string {
	return fmt.Sprintf("%s: connection reset after %d bytes of a reply", e.Client, e.Received)
}

// Unwrap gives the system's error.
func (e *ResetError) Unwrap() error { return e.Err }

// NoReplyError means: the service closed the connection in good order, without a
// byte of a reply.
type NoReplyError struct {
	// Client is the client's String.
	Client string
	// Err is the error of sending when the service closed before the whole
	// request was sent; nil otherwise.
	Err error
}

func (e *NoReplyError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: closed without a reply while the request was being sent: %v", e.Client, e.Err)
	}
	return fmt.Sprintf("%s: closed without a reply", e.Client)
}

// Unwrap gives the error of sending, if any.
func (e *NoReplyError) Unwrap() error { return e.Err }

// TimeoutError means: ctx ended before the whole reply had come.
type TimeoutError struct {
	// Client is the client's String.
	Client string
	// Sent tells whether the whole request had been handed to the system.
	Sent bool
	// Received is the number of bytes of a reply that had come.
	Received int
	// Begin holds the first of them, up to 200.
	Begin []byte
	// Err is context.DeadlineExceeded or context.Canceled.
	Err error
}

func (e *TimeoutError) Error() string {
	verb := "timed out"
	if errors.Is(e.Err, context.Canceled) {
		verb = "cancelled"
	}
	if !e.Sent {
		verb += " before the whole request was sent,"
	}
	text := fmt.Sprintf("%s: %s with %d bytes of a reply received", e.Client, verb, e.Received)
	if len(e.Begin) > 0 {
		text += ": " + quote(e.Begin)
	}
	return text
}

// Unwrap gives the context's error.
func (e *TimeoutError) Unwrap() error { return e.Err }

// Timeout is true when a deadline had passed.
func (e *TimeoutError) Timeout() bool { return errors.Is(e.Err, context.DeadlineExceeded) }

// MalformedError means: what came is not a reply of the protocol.
type MalformedError struct {
	// Client is the client's String.
	Client string
	// Reason in a few words, e.g. "not JSON: invalid character 'H' ...".
	Reason string
	// Truncated: the service closed in the middle of what could have become a reply.
	Truncated bool
	// Endless: it goes on beyond the limit of a reply; see WithReplyLimit.
	Endless bool
	// Reply is what came, as far as it was read.
	Reply []byte
}

func (e *MalformedError) Error() string {
	return fmt.Sprintf("%s: malformed reply of %d bytes: %s: %s", e.Client, len(e.Reply), e.Reason, quote(e.Reply))
}

// StatusError means: an HTTP reply with a status of 400 or above. Do returns the body
// beside it.
type StatusError struct {
	// Client is the client's String.
	Client string
	// Code, e.g. 500, and Status, e.g. "500 Internal Server Error".
	Code   int
	Status string
	// Body of the reply.
	Body []byte
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s: status %s: %s", e.Client, e.Status, quote(e.Body))
}

// CommandError means: a client program that did not exit 0.
type CommandError struct {
	// Argv is the program and its arguments.
	Argv []string
	// Code is the exit code, -1 when a signal ended it.
	Code int
	// Stderr holds the last 64 KiB of its error output.
	Stderr []byte
	// Err is the system's error.
	Err error
}

func (e *CommandError) Error() string {
	text := fmt.Sprintf("command %s: %v", strings.Join(e.Argv, " "), e.Err)
	if len(e.Stderr) > 0 {
		text += ": " + quote(last(e.Stderr, quoted))
	}
	return text
}

// Unwrap gives the system's error.
func (e *CommandError) Unwrap() error { return e.Err }

// quote shows the first bytes of b as a Go string.
func quote(b []byte) string {
	if len(b) > quoted {
		return fmt.Sprintf("%q…", b[:quoted])
	}
	return fmt.Sprintf("%q", b)
}

func last(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

// isRefused covers a Unix socket's path at which there is nothing.
func isRefused(err error) bool {
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOENT) || isWindows(err, 10061)
}

// isReset covers a write after the reset (EPIPE) and what Windows calls an
// aborted connection.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) ||
		errors.Is(err, syscall.ECONNABORTED) || isWindows(err, 10053) || isWindows(err, 10054)
}

// isWindows compares with a Winsock error: on Windows the names in package
// syscall are numbers of Go's own.
func isWindows(err error, number syscall.Errno) bool {
	return errors.Is(err, number)
}
