package service

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
)

// TCP is a client over plain TCP: one connection a request, closed by either
// side when the reply is whole. TCPJSON, TCPJSONL and TCPRaw make one;
// Prefixed changes how it parts messages.
type TCP struct {
	peer
	// frame makes what goes over the wire of a request.
	frame func(request []byte) ([]byte, error)
	read  reader
	// end is how a whole request is ended.
	end  Ending
	late bool
	// isJSON: a reply that is no JSON value is malformed.
	isJSON bool
}

var (
	_ Client     = (*TCP)(nil)
	_ Fragmenter = (*TCP)(nil)
	_ Breaker    = (*TCP)(nil)
)

func newTCP(protocol, address string) *TCP {
	return &TCP{peer: peer{network: "tcp", address: address, name: protocol + " " + address}}
}

// TCPJSON speaks to address, host:port, with one connection for each request: one
// JSON object is sent, one JSON value comes back, the service closes.
//
// The connection is not half-closed behind the request: a service that answers
// from a task of its own would lose the reply to asyncio, which closes a
// connection when its other half ends. A service that waits for the end of the
// input would then never answer; so when half of the time until ctx's deadline
// (10 s at most, and without a deadline) has passed without a byte, the
// connection is half-closed after all. LateReplies counts the replies that came
// only then.
//
// The reply is whole as soon as it parses; the end of the stream is not waited
// for. Anything but one JSON value in UTF-8 is a *MalformedError.
func TCPJSON(address string) *TCP {
	c := newTCP("tcp-json", address)
	c.frame = func(request []byte) ([]byte, error) { return request, nil }
	c.read, c.end, c.late, c.isJSON = readJSON, EndNone, true, true
	return c
}

// TCPJSONL sends each request as one line of JSON and reads one line. A
// request that spans lines is compacted; one that does and is not JSON is an
// error (DoRaw sends anything). Open keeps a connection for many requests.
func TCPJSONL(address string) *JSONL {
	c := newTCP("tcp-jsonl", address)
	c.frame = oneLine
	c.read, c.end = readLine, EndNone
	return &JSONL{c}
}

// TCPRaw sends a request as it is, half-closes, and takes everything up to the
// end of the stream for the reply. It fits services whose framing is the
// connection; one that keeps the connection open never finishes a reply.
func TCPRaw(address string) *TCP {
	c := newTCP("tcp-raw", address)
	c.frame = func(request []byte) ([]byte, error) { return request, nil }
	c.read, c.end = readAll, EndWrite
	return c
}

// Through makes the client connect by dial in place of TCP, such as to a Unix
// socket, which name stands for in errors. It returns c.
func (c *TCP) Through(name string, dial func(context.Context) (net.Conn, error)) *TCP {
	c.name, c.connect = strings.TrimSuffix(c.name, c.address)+name, dial
	return c
}

// Do implements Client.
func (c *TCP) Do(ctx context.Context, request []byte) ([]byte, error) {
	return c.do(ctx, request, 0)
}

// DoFragmented implements Fragmenter. Pieces are written one by one with
// TCP_NODELAY; the system still joins those that the service has not made
// room for.
func (c *TCP) DoFragmented(ctx context.Context, request []byte, n int) ([]byte, error) {
	if n <= 0 {
		return nil, fmt.Errorf("%s: send in pieces of %d bytes: a piece has at least one", c.name, n)
	}
	return c.do(ctx, request, n)
}

func (c *TCP) do(ctx context.Context, request []byte, n int) ([]byte, error) {
	wire, err := c.frame(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	return c.exchange(ctx, plan{wire: wire, fragment: n, end: c.end, lateClose: c.late, read: c.read})
}

// DoRaw implements Breaker. What comes back is judged as a reply to Do is, and
// returned beside the error when it is none. EndNone never half-closes.
func (c *TCP) DoRaw(ctx context.Context, wire []byte, end Ending) ([]byte, error) {
	return c.exchange(ctx, plan{wire: wire, end: end, read: c.read})
}

// LateReplies counts the replies to this client that came only after its late
// half-close: the service waits for the end of the input.
func (c *TCP) LateReplies() int64 { return c.lateReplies.Load() }

// String implements Client.
func (c *TCP) String() string { return c.name }

// oneLine is a request as a line.
func oneLine(request []byte) ([]byte, error) {
	request = bytes.TrimSpace(request)
	if bytes.IndexByte(request, '\n') >= 0 {
		var line bytes.Buffer
		if err := json.Compact(&line, request); err != nil {
			return nil, errors.New("send a line: the request spans lines and is not JSON that could be compacted")
		}
		request = line.Bytes()
	}
	return append(request[:len(request):len(request)], '\n'), nil
}
