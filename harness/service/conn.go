package service

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// JSONL is a client of newline-delimited JSON.
type JSONL struct{ *TCP }

// Open connects and keeps the connection for many requests.
func (c *JSONL) Open(ctx context.Context) (*Conn, error) {
	wire, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	conn := &Conn{peer: &c.peer, wire: wire, sending: make(chan struct{}, 1), ended: make(chan struct{})}
	go conn.run()
	return conn, nil
}

// Conn is a kept-open connection. Its methods may be called by several
// goroutines; requests then overlap, and replies are told apart by their "id".
// A reply without one belongs to the oldest request that waits.
type Conn struct {
	peer    *peer
	wire    *counted
	sending chan struct{} // held while a request is written
	ended   chan struct{} // closed when the connection is of no more use

	mu      sync.Mutex
	number  int
	waiting []*waiter // in the order of sending
	limit   int64     // of a line, for the longest request so far
	err     error     // why ended is closed
}

// waiter is a request without a reply. One that was given up stays in line, so
// that its late reply is not taken for another's.
type waiter struct {
	id    string // as compact JSON; "" when the request carries none
	reply chan []byte
}

// Do sends one request as a line and returns the line that answers it. A
// request that is a JSON object without "id" is given one; the reply then has
// it too. When ctx ends first the connection stays usable, unless the request
// was half written.
func (c *Conn) Do(ctx context.Context, request []byte) ([]byte, error) {
	select { // one at a time, and ctx counts while another one writes
	case c.sending <- struct{}{}:
	case <-c.ended:
		return nil, c.why()
	case <-ctx.Done():
		return nil, &TimeoutError{Client: c.peer.name, Err: ctx.Err()}
	}
	if err := c.why(); err != nil {
		<-c.sending
		return nil, err
	}
	line, w, err := c.enqueue(ctx, request)
	if err != nil {
		<-c.sending
		return nil, fmt.Errorf("%s: %w", c.peer.name, err)
	}
	err = c.send(ctx, line)
	<-c.sending
	if err != nil {
		if errors.Is(err, net.ErrClosed) { // the reading side knows why
			<-c.ended
			return nil, c.why()
		}
		c.end(fmt.Errorf("%s: a request was half written before: %w", c.peer.name, err))
		return nil, c.peer.explain(ctx, err, nil, c.wire, false)
	}
	select {
	case reply := <-w.reply:
		return reply, nil
	case <-ctx.Done():
		return nil, &TimeoutError{Client: c.peer.name, Sent: true, Err: ctx.Err()}
	case <-c.ended:
		select {
		case reply := <-w.reply: // it came before the end
			return reply, nil
		default:
			return nil, c.why()
		}
	}
}

// send writes one line; the end of ctx cuts it short.
func (c *Conn) send(ctx context.Context, line []byte) error {
	cut := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		_ = c.wire.SetWriteDeadline(time.Unix(1, 0))
		close(cut)
	})
	err := send(ctx, c.wire, line, 0)
	if !stop() {
		<-cut // else it could hit the next request
		_ = c.wire.SetWriteDeadline(time.Time{})
	}
	return err
}

// Close ends the connection; requests that wait return an error.
func (c *Conn) Close() error {
	c.end(fmt.Errorf("%s: the connection was closed by this side", c.peer.name))
	return nil
}

// enqueue puts a request in line; the caller holds sending, so the order is
// that of the wire.
func (c *Conn) enqueue(ctx context.Context, request []byte) ([]byte, *waiter, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.number++
	request, id := withID(request, fmt.Sprintf(`"bgcheck-%d"`, c.number))
	line, err := oneLine(request)
	if err != nil {
		return nil, nil, err
	}
	for _, other := range c.waiting {
		if id != "" && other.id == id {
			return nil, nil, fmt.Errorf("send: a request with id %s waits for its reply", id)
		}
	}
	w := &waiter{id: id, reply: make(chan []byte, 1)}
	c.waiting = append(c.waiting, w)
	c.limit = max(c.limit, replyLimit(ctx, len(line)))
	return line, w, nil
}

// withID adds id to an object that has none; it returns the id in force.
func withID(request []byte, id string) ([]byte, string) {
	var object map[string]json.RawMessage
	if json.Unmarshal(request, &object) != nil || object == nil {
		return request, ""
	}
	if own, ok := object["id"]; ok {
		return request, compact(own)
	}
	body := bytes.TrimSpace(request)[1:]
	comma := ","
	if len(object) == 0 {
		comma = ""
	}
	return append([]byte(`{"id":`+id+comma), body...), id
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// run reads lines and hands each to the request it answers.
func (c *Conn) run() {
	lines := bufio.NewReaderSize(c.wire, 64<<10)
	for {
		line, err := c.line(lines)
		if onlySpace(line) && err == nil {
			continue
		}
		if err == nil {
			err = c.deliver(bytes.TrimRight(line, "\r\n"))
		} else if errors.Is(err, io.EOF) && !onlySpace(line) {
			err = &malformed{reason: "closed in the middle of a line", truncated: true}
		}
		if err != nil {
			c.end(c.peer.explain(context.Background(), err, nil, c.wire, true, line...))
			return
		}
	}
}

// line reads one line, up to its limit.
func (c *Conn) line(from *bufio.Reader) (line []byte, err error) {
	for {
		piece, err := from.ReadSlice('\n')
		line = append(line, piece...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
		c.mu.Lock()
		limit := max(c.limit, ReplySlack)
		c.mu.Unlock()
		if int64(len(line)) > limit {
			return line, endless(limit)
		}
	}
}

func (c *Conn) deliver(line []byte) error {
	if reason := checkJSON(line); reason != "" {
		return &malformed{reason: reason}
	}
	var head struct {
		ID json.RawMessage `json:"id"`
	}
	id := ""
	if json.Unmarshal(line, &head) == nil && head.ID != nil {
		id = compact(head.ID)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, w := range c.waiting {
		if id == "" || id == "null" || w.id == id {
			c.waiting = append(c.waiting[:i:i], c.waiting[i+1:]...)
			w.reply <- line
			return nil
		}
	}
	return &malformed{reason: fmt.Sprintf("no request waits for a reply with id %q", id)}
}

// end makes err the reason of the end, once, and frees everyone who waits.
func (c *Conn) end(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return
	}
	c.err = err
	_ = c.wire.Close()
	close(c.ended)
}

// why is the reason of the end, nil before it.
func (c *Conn) why() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}
