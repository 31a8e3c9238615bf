package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"
)

// peer is the other side of a connection, and the name errors give it.
type peer struct {
	network, address string                                  // "tcp" and host:port
	connect          func(context.Context) (net.Conn, error) // in their place; or nil
	name             string                                  // the client's String
	// lateReplies counts replies that came only after a late half-close.
	lateReplies atomic.Int64
}

// plan is what to send and how to read what comes back.
type plan struct {
	wire     []byte
	fragment int // bytes a write; 0: all at once
	end      Ending
	// lateClose: with EndNone, half-close after half of the time there is has
	// passed in silence (see TCPJSON).
	lateClose bool
	read      reader
}

// silence is the longest wait before a late half-close.
const silence = 10 * time.Second

// counted counts what is read, for errors, for the late half-close, and so that
// no reply is read beyond its limit.
type counted struct {
	net.Conn
	received atomic.Int64
	limit    int64 // of what is read; 0: none
	ended    bool  // the end of the stream was seen; for the reading side
}

func (c *counted) Read(p []byte) (int, error) {
	if c.limit > 0 {
		left := c.limit - c.received.Load()
		if left < 0 {
			return 0, endless(c.limit)
		}
		p = p[:min(int64(len(p)), left+1)]
	}
	n, err := c.Conn.Read(p)
	c.received.Add(int64(n))
	c.ended = c.ended || errors.Is(err, io.EOF)
	return n, err
}

func (c *counted) expire(d time.Duration) { _ = c.SetReadDeadline(time.Now().Add(d)) }

// exchange opens a connection, sends, reads one reply and closes. Sending and
// reading run side by side: a service may answer, or refuse, before it has
// read the whole request.
func (p *peer) exchange(ctx context.Context, pl plan) ([]byte, error) {
	conn, err := p.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	conn.limit = replyLimit(ctx, len(pl.wire))
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()
	connected(ctx)

	if pl.end == EndReset {
		err := send(ctx, conn, pl.wire, pl.fragment)
		if tcp, ok := conn.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		if err != nil {
			return nil, p.explain(ctx, err, nil, conn, false)
		}
		return nil, nil
	}

	var sent, late atomic.Bool
	read, written := make(chan struct{}), make(chan error, 1)
	go func() {
		err := send(ctx, conn, pl.wire, pl.fragment)
		sent.Store(err == nil)
		if err == nil && pl.end == EndWrite {
			closeWrite(conn)
		}
		if err == nil && pl.lateClose && quiet(ctx, conn, read) {
			late.Store(true)
			closeWrite(conn)
		}
		written <- err
	}()
	reply, err := pl.read(conn)
	close(read)
	_ = conn.SetWriteDeadline(time.Unix(1, 0)) // a reply ends the exchange, sent or not
	sendErr := <-written
	if err == nil {
		if late.Load() {
			p.lateReplies.Add(1)
		}
		return reply, nil
	}
	if errors.Is(sendErr, os.ErrDeadlineExceeded) {
		sendErr = errors.New("the service had not taken all of it")
	}
	return reply, p.explain(ctx, err, sendErr, conn, sent.Load(), reply...)
}

// dial connects with TCP_NODELAY, which is Go's default: every write becomes a
// segment of its own as long as the other side's window is open.
func (p *peer) dial(ctx context.Context) (*counted, error) {
	connect := p.connect
	if connect == nil {
		connect = func(ctx context.Context) (net.Conn, error) { return dial(ctx, p.network, p.address) }
	}
	conn, err := connect(ctx)
	switch {
	case err == nil:
		return &counted{Conn: conn}, nil
	case isRefused(err):
		return nil, &RefusedError{Client: p.name, Err: err}
	case ctx.Err() != nil:
		return nil, &TimeoutError{Client: p.name, Err: ctx.Err()}
	case isReset(err):
		return nil, &ResetError{Client: p.name, Err: err}
	}
	return nil, fmt.Errorf("%s: connect: %w", p.name, err)
}

// send writes in pieces of n bytes; n 0 means all at once. Between two pieces it
// waits as WithPauses says.
func send(ctx context.Context, conn io.Writer, wire []byte, n int) error {
	if n <= 0 {
		n = len(wire)
	}
	for len(wire) > 0 {
		piece := wire[:min(n, len(wire))]
		if _, err := conn.Write(piece); err != nil {
			return err
		}
		wire = wire[len(piece):]
		if pause := pauses(ctx); pause > 0 && len(wire) > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

func closeWrite(conn *counted) {
	if half, ok := conn.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}

// quiet waits half of the time until the deadline, 10 s at most, and tells
// whether nothing has come by then.
func quiet(ctx context.Context, conn *counted, read <-chan struct{}) bool {
	wait := silence
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)/2)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-read:
		return false
	case <-timer.C:
		return conn.received.Load() == 0
	}
}

// explain turns the error of reading into one of the package's types.
func (p *peer) explain(ctx context.Context, err, sendErr error, conn *counted, sent bool, reply ...byte) error {
	received := int(conn.received.Load())
	var bad *malformed
	switch {
	case errors.As(err, &bad):
		return &MalformedError{Client: p.name, Reason: bad.reason, Truncated: bad.truncated, Endless: bad.endless, Reply: reply}
	case errors.Is(err, io.EOF) && sendErr != nil && isReset(sendErr):
		return &ResetError{Client: p.name, Received: received, Err: sendErr}
	case errors.Is(err, io.EOF):
		return &NoReplyError{Client: p.name, Err: sendErr}
	case isReset(err):
		return &ResetError{Client: p.name, Received: received, Err: err}
	case ctx.Err() != nil:
		return &TimeoutError{Client: p.name, Sent: sent, Received: received, Begin: reply[:min(quoted, len(reply))], Err: ctx.Err()}
	}
	return fmt.Errorf("%s: read a reply: %w", p.name, err)
}
