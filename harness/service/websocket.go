package service

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/coder/websocket"
)

// WebSocketOptions are what connections have in common.
type WebSocketOptions struct {
	// Path with query; default "/".
	Path string
	// Headers of the handshake. "Host" sets the host, "Sec-WebSocket-Protocol" the
	// subprotocols that are offered, parted by commas.
	Headers map[string]string
	// Dial makes each connection, such as one to a Unix socket; default: TCP.
	Dial func(context.Context) (net.Conn, error)
}

// WebSocketClient speaks WebSocket (RFC 6455) with one connection a request: a
// handshake, one text message there and one message back, a close.
type WebSocketClient struct {
	peer
	options WebSocketOptions
}

var (
	_ Client     = (*WebSocketClient)(nil)
	_ Fragmenter = (*WebSocketClient)(nil)
	_ Breaker    = (*WebSocketClient)(nil)
)

// WebSocket speaks to address, host:port.
func WebSocket(address string, options WebSocketOptions) *WebSocketClient {
	return &WebSocketClient{peer: peer{network: "tcp", address: address, connect: options.Dial, name: "websocket " + address}, options: options}
}

// String implements Client.
func (c *WebSocketClient) String() string { return c.name }

// Do sends request as a text message and returns the next message, text or binary. A
// handshake that is answered with another status than 101 is a *StatusError.
func (c *WebSocketClient) Do(ctx context.Context, request []byte) ([]byte, error) {
	return c.do(ctx, request, 0)
}

// DoFragmented sends the message's frame in pieces of n bytes.
func (c *WebSocketClient) DoFragmented(ctx context.Context, request []byte, n int) ([]byte, error) {
	if n <= 0 {
		return nil, fmt.Errorf("%s: send in pieces of %d bytes: a piece has at least one", c.name, n)
	}
	return c.do(ctx, request, n)
}

func (c *WebSocketClient) do(ctx context.Context, request []byte, n int) ([]byte, error) {
	wire, err := TextFrame(request)
	if err != nil {
		return nil, err
	}
	return c.talk(ctx, wire, n, EndNone)
}

// DoRaw sends wire, which should be frames, behind a handshake that is right. A close
// that comes back is returned as a reply in words.
func (c *WebSocketClient) DoRaw(ctx context.Context, wire []byte, end Ending) ([]byte, error) {
	reply, err := c.talk(ctx, wire, 0, end)
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return fmt.Appendf(nil, "close %d %s", closed.Code, closed.Reason), nil
	}
	return reply, err
}

// talk sends wire behind a handshake and reads one message.
func (c *WebSocketClient) talk(ctx context.Context, wire []byte, n int, end Ending) ([]byte, error) {
	raw, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer raw.Close()
	socket, err := c.shake(ctx, raw)
	if err != nil {
		return nil, err
	}
	defer socket.CloseNow() //nolint:errcheck // it is of no more use
	raw.received.Store(0)
	raw.limit = replyLimit(ctx, len(wire))
	socket.SetReadLimit(-1) // that is for raw
	connected(ctx)

	written := make(chan error, 1)
	go func() {
		err := send(ctx, raw, wire, n)
		if err == nil && end == EndWrite {
			closeWrite(raw)
		}
		written <- err
	}()
	if end == EndReset {
		err := <-written
		if tcp, ok := raw.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		if err != nil {
			return nil, c.explain(ctx, err, nil, raw, false)
		}
		return nil, nil
	}
	reply, err := message(ctx, socket, raw)
	if err == nil && end == EndNone {
		_ = socket.Close(websocket.StatusNormalClosure, "") // waits for the other's, within ctx's time and 5 s
	}
	if err != nil {
		_ = raw.Close() // ends the sending
	}
	return reply, c.judge(ctx, err, <-written, raw, reply)
}

// message is the next message, as far as it came. The library takes the end of the
// stream between two frames for the message's; that needs no byte behind it, so that
// who has seen the end has been cut off.
func message(ctx context.Context, socket *websocket.Conn, raw *counted) ([]byte, error) {
	_, from, err := socket.Reader(ctx)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(from)
	if raw.ended || errors.Is(err, io.ErrUnexpectedEOF) {
		err = &malformed{reason: "closed in the middle of a message", truncated: true}
	}
	return data, err
}

// judge turns the error of reading into one of the package's types.
func (c *WebSocketClient) judge(ctx context.Context, err, sent error, raw *counted, reply []byte) error {
	if errors.Is(sent, net.ErrClosed) {
		sent = errors.New("the service had not taken all of it")
	}
	var closed websocket.CloseError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &closed):
		return &NoReplyError{Client: c.name, Err: fmt.Errorf("it closed the connection: %w", closed)}
	case ctx.Err() != nil:
		return &TimeoutError{Client: c.name, Sent: sent == nil, Received: int(raw.received.Load()), Begin: reply[:min(quoted, len(reply))], Err: ctx.Err()}
	case errors.Is(err, io.EOF), isReset(err), errors.As(err, new(*malformed)):
		return c.explain(ctx, err, sent, raw, sent == nil, reply...)
	}
	return &MalformedError{Client: c.name, Reason: err.Error(), Reply: reply}
}

// shake makes the handshake on a connection.
func (c *WebSocketClient) shake(ctx context.Context, raw *counted) (*websocket.Conn, error) {
	options := &websocket.DialOptions{HTTPHeader: http.Header{}, HTTPClient: &http.Client{
		Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return raw, nil }},
		// A service that sends its clients elsewhere is not asked there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	for name, value := range c.options.Headers {
		switch http.CanonicalHeaderKey(name) {
		case "Host":
			options.Host = value
		case "Sec-Websocket-Protocol":
			for word := range strings.SplitSeq(value, ",") {
				options.Subprotocols = append(options.Subprotocols, strings.TrimSpace(word))
			}
		default:
			options.HTTPHeader.Set(name, value)
		}
	}
	path := c.options.Path
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	raw.limit = ReplySlack
	socket, response, err := websocket.Dial(ctx, "ws://"+c.address+path, options) //nolint:bodyclose // the library closes it
	switch {
	case err == nil:
		return socket, nil
	case ctx.Err() != nil:
		return nil, &TimeoutError{Client: c.name, Received: int(raw.received.Load()), Err: ctx.Err()}
	case response != nil && response.StatusCode != http.StatusSwitchingProtocols:
		body, _ := io.ReadAll(io.LimitReader(response.Body, 1024)) // the library has kept as much
		return nil, &StatusError{Client: c.name, Code: response.StatusCode, Status: response.Status, Body: body}
	case raw.received.Load() == 0 && (errors.Is(err, io.EOF) || isReset(err)):
		return nil, c.explain(ctx, err, nil, raw, true)
	}
	return nil, &MalformedError{Client: c.name, Reason: "no handshake of WebSocket: " + err.Error()}
}

// TextFrame is a text message in one frame, masked as a client's must be. The mask is
// always the same, so that a request can be made again.
func TextFrame(text []byte) ([]byte, error) { return Frame(0x81, text), nil }

// Frame is a masked frame whose first byte is head: 0x80 for the last of a message, and
// the opcode.
func Frame(head byte, payload []byte) []byte {
	frame := []byte{head}
	switch n := len(payload); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	case n < 1<<16:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, 0x80|127), uint64(n)) //nolint:gosec // a length is not negative
	}
	mask := [4]byte{0x62, 0x67, 0x63, 0x6b}
	frame = append(frame, mask[:]...)
	for i, b := range payload {
		frame = append(frame, b^mask[i%4])
	}
	return frame
}
