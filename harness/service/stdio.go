package service

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Stdio is a client that speaks lines of JSON over a process's standard input and
// output. There is one wire for all requests, which may overlap: replies are told
// apart by their "id", and where they have none by their order. A request whose
// "id" is a number is given one of its own. A line that is no message, and so a fault of the
// protocol, is not taken for a reply but kept: see Foreign.
type Stdio struct {
	in      io.WriteCloser
	sending chan struct{} // held while a request is written
	ended   chan struct{} // closed at the end of the output

	mu      sync.Mutex
	broken  error // a request was half written
	number  int
	waiting []*waiter
	foreign []string
	count   int
}

var (
	_ Client     = (*Stdio)(nil)
	_ Fragmenter = (*Stdio)(nil)
	_ Breaker    = (*Stdio)(nil)
)

// NewStdio reads out to its end, and writes to in.
func NewStdio(in io.WriteCloser, out io.Reader) *Stdio {
	c := &Stdio{in: in, sending: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.run(out)
	return c
}

// foreignKept is how many lines that are no messages are kept, of 300 bytes each.
const foreignKept = 50

// Foreign are the lines so far that were no messages, the first 50 of count.
func (c *Stdio) Foreign() (lines []string, count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.foreign), c.count
}

// CloseInput ends the process's standard input.
func (c *Stdio) CloseInput() error { return c.in.Close() }

// Ended is closed at the end of the process's output.
func (c *Stdio) Ended() <-chan struct{} { return c.ended }

// String implements Client.
func (c *Stdio) String() string { return "stdio" }

// Do implements Client.
func (c *Stdio) Do(ctx context.Context, request []byte) ([]byte, error) {
	return c.do(ctx, request, 0)
}

// DoFragmented implements Fragmenter.
func (c *Stdio) DoFragmented(ctx context.Context, request []byte, n int) ([]byte, error) {
	if n <= 0 {
		return nil, fmt.Errorf("stdio: send in pieces of %d bytes: a piece has at least one", n)
	}
	return c.do(ctx, request, n)
}

func (c *Stdio) do(ctx context.Context, request []byte, n int) ([]byte, error) {
	c.mu.Lock()
	c.number++
	request, id := ownID(request, c.number)
	c.mu.Unlock()
	line, err := oneLine(request)
	if err != nil {
		return nil, fmt.Errorf("stdio: %w", err)
	}
	return c.exchange(ctx, line, n, &waiter{id: id, reply: make(chan []byte, 1)})
}

// DoRaw sends wire as it is, as whole lines: one more line end is added where it
// lacks one. However it is to be ended, the input stays open.
func (c *Stdio) DoRaw(ctx context.Context, wire []byte, _ Ending) ([]byte, error) {
	if !bytes.HasSuffix(wire, []byte("\n")) {
		wire = append(bytes.Clone(wire), '\n')
	}
	w := &waiter{reply: make(chan []byte, 1)}
	reply, err := c.exchange(ctx, wire, 0, w)
	if err != nil {
		c.mu.Lock() // a broken request may have none
		c.waiting = slices.DeleteFunc(c.waiting, func(other *waiter) bool { return other == w })
		c.mu.Unlock()
	}
	return reply, err
}

func (c *Stdio) exchange(ctx context.Context, line []byte, n int, w *waiter) ([]byte, error) {
	select {
	case c.sending <- struct{}{}:
	case <-c.ended:
		return nil, &NoReplyError{Client: "stdio"}
	case <-ctx.Done():
		return nil, &TimeoutError{Client: "stdio", Err: ctx.Err()}
	}
	c.mu.Lock()
	err := c.broken
	if err == nil {
		c.waiting = append(c.waiting, w)
	}
	c.mu.Unlock()
	if err == nil {
		err = c.send(ctx, line, n)
	}
	<-c.sending
	if err != nil {
		return nil, err
	}
	select {
	case reply := <-w.reply:
		return reply, nil
	case <-ctx.Done():
		return nil, &TimeoutError{Client: "stdio", Sent: true, Err: ctx.Err()}
	case <-c.ended:
		select {
		case reply := <-w.reply:
			return reply, nil
		default:
			return nil, &NoReplyError{Client: "stdio"}
		}
	}
}

// send writes one line; the end of ctx, or of the process, cuts it short, and the
// wire is of no more use.
func (c *Stdio) send(ctx context.Context, line []byte, n int) error {
	sent := make(chan error, 1)
	go func() { sent <- send(ctx, c.in, line, n) }()
	var err error
	select {
	case err = <-sent:
	case <-c.ended:
		err = &NoReplyError{Client: "stdio"}
	case <-ctx.Done():
		select {
		case err = <-sent:
		case <-time.After(time.Second):
			err = &TimeoutError{Client: "stdio", Err: ctx.Err()}
		}
	}
	if err == nil {
		return nil
	}
	if isReset(err) || errors.Is(err, io.ErrClosedPipe) {
		err = &ResetError{Client: "stdio", Err: err}
	}
	c.mu.Lock()
	c.broken = fmt.Errorf("stdio: a request was half written before: %w", err)
	c.mu.Unlock()
	return err
}

// ownID puts another number in the place of the request's id, at its top level, and
// returns the id in force; "" where it has none.
func ownID(request []byte, number int) ([]byte, string) {
	d := json.NewDecoder(bytes.NewReader(request))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return request, ""
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return request, ""
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return request, ""
		}
		if key != "id" {
			continue
		}
		id := strconv.Itoa(number)
		if value[0] < '0' || value[0] > '9' {
			return request, compact(value) // a text may be what is to come back
		}
		end := int(d.InputOffset())
		return slices.Concat(request[:end-len(value)], []byte(id), request[end:]), id
	}
	return request, ""
}

// run reads lines and hands each to the request that it answers.
func (c *Stdio) run(out io.Reader) {
	defer close(c.ended)
	lines := bufio.NewReaderSize(out, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimRight(line, "\r\n"); !onlySpace(line) {
			c.take(line)
		}
		if err != nil {
			return
		}
	}
}

// take finds out what a line is: a reply, another message (a notification, or a
// reply that nobody waits for any more), or nothing of the protocol's.
func (c *Stdio) take(line []byte) {
	isJSON := checkJSON(line) == ""
	var head struct {
		ID     json.RawMessage `json:"id"`
		Method json.RawMessage `json:"method"`
	}
	object := isJSON && bytes.TrimSpace(line)[0] == '{' && json.Unmarshal(line, &head) == nil
	id := ""
	if head.ID != nil && string(head.ID) != "null" {
		id = compact(head.ID)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, w := range c.waiting {
		oldest := id == "" && head.Method == nil && (object || w.id == "")
		if isJSON && (oldest || id != "" && (w.id == id || w.id == "")) {
			c.waiting = slices.Delete(c.waiting, i, i+1)
			w.reply <- line
			return
		}
	}
	if object || isJSON && bytes.TrimSpace(line)[0] == '[' {
		return
	}
	if c.count++; len(c.foreign) < foreignKept {
		c.foreign = append(c.foreign, string(bytes.ToValidUTF8(line[:min(300, len(line))], []byte("?"))))
	}
}
