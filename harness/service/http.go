package service

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
)

// HTTPOptions are what requests have in common.
type HTTPOptions struct {
	// Method; default: POST, or GET when the request is empty.
	Method string
	// Path with query, e.g. "/run?x=1"; default "/".
	Path string
	// Dial makes each connection, such as one to a Unix socket; default: TCP to
	// the address, which is in any case the host that requests name.
	Dial func(context.Context) (net.Conn, error)
	// Headers of every request. Default Content-Type: application/json, when
	// there is a body. "Host" sets the host.
	Headers map[string]string
}

// HTTPClient speaks HTTP/1.1, one connection a request ("Connection: close").
// Redirects are not followed.
type HTTPClient struct {
	peer
	options HTTPOptions
}

var (
	_ Client     = (*HTTPClient)(nil)
	_ Fragmenter = (*HTTPClient)(nil)
	_ Breaker    = (*HTTPClient)(nil)
)

// HTTP speaks to address, host:port.
func HTTP(address string, options HTTPOptions) *HTTPClient {
	return &HTTPClient{peer: peer{network: "tcp", address: address, connect: options.Dial, name: "http " + address}, options: options}
}

// Do sends request as the body and returns the reply's body. A status of 400
// or above is a *StatusError, with the body beside it. Beside other errors
// stands what came, head and all.
func (c *HTTPClient) Do(ctx context.Context, request []byte) ([]byte, error) {
	return c.do(ctx, request, 0)
}

// DoFragmented sends head and body in pieces of n bytes.
func (c *HTTPClient) DoFragmented(ctx context.Context, request []byte, n int) ([]byte, error) {
	if n <= 0 {
		return nil, fmt.Errorf("%s: send in pieces of %d bytes: a piece has at least one", c.name, n)
	}
	return c.do(ctx, request, n)
}

func (c *HTTPClient) do(ctx context.Context, request []byte, n int) ([]byte, error) {
	r, err := c.request(request)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	var wire bytes.Buffer
	if err := r.Write(&wire); err != nil {
		return nil, fmt.Errorf("%s: write the request: %w", c.name, err)
	}
	var status *http.Response
	body, err := c.exchange(ctx, plan{wire: wire.Bytes(), fragment: n, end: EndNone, read: func(from *counted) ([]byte, error) {
		var body []byte
		all, err := readHTTP(from, r.Method, func(head *http.Response, whole []byte) { status, body = head, whole })
		if err != nil {
			return all, err
		}
		return body, nil
	}})
	if err == nil && status.StatusCode >= 400 {
		err = &StatusError{Client: c.name, Code: status.StatusCode, Status: status.Status, Body: body}
	}
	return body, err
}

// DoRaw sends wire as it is and returns what comes back as it is, status line
// and all, up to the end of one HTTP response. Something else than a response
// is a *MalformedError; the status is not judged.
func (c *HTTPClient) DoRaw(ctx context.Context, wire []byte, end Ending) ([]byte, error) {
	return c.exchange(ctx, plan{wire: wire, end: end, read: func(from *counted) ([]byte, error) {
		return readHTTP(from, http.MethodPost, func(*http.Response, []byte) {})
	}})
}

// String implements Client.
func (c *HTTPClient) String() string { return c.name }

func (c *HTTPClient) request(body []byte) (*http.Request, error) {
	method, path := c.options.Method, c.options.Path
	if method == "" {
		if method = http.MethodPost; len(body) == 0 {
			method = http.MethodGet
		}
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	r, err := http.NewRequest(method, "http://"+c.address+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("make the request: %w", err)
	}
	if len(body) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Close = true
	for name, value := range c.options.Headers {
		if http.CanonicalHeaderKey(name) == "Host" {
			r.Host = value
			continue
		}
		r.Header.Set(name, value)
	}
	return r, nil
}

// readHTTP reads one response, past those of 1xx, and gives it to got as far
// as it came. It returns the bytes as they came.
func readHTTP(from *counted, method string, got func(head *http.Response, body []byte)) ([]byte, error) {
	var all bytes.Buffer
	in := bufio.NewReader(io.TeeReader(from, &all))
	for {
		head, err := http.ReadResponse(in, &http.Request{Method: method})
		if err != nil {
			return all.Bytes(), judgeHTTP(err, from)
		}
		if head.StatusCode >= 100 && head.StatusCode < 200 && head.StatusCode != http.StatusSwitchingProtocols {
			_ = head.Body.Close()
			continue
		}
		body, err := io.ReadAll(head.Body)
		_ = head.Body.Close()
		got(head, body)
		return all.Bytes(), judgeHTTP(err, from)
	}
}

// judgeHTTP tells the end of the stream and bad HTTP from a connection's errors.
func judgeHTTP(err error, from *counted) error {
	var wire interface{ Timeout() bool }
	var bad *malformed
	switch {
	case err == nil || errors.As(err, &bad) || errors.As(err, &wire) || isReset(err):
		return err
	case from.received.Load() == 0:
		return io.EOF
	case from.ended:
		return &malformed{reason: "closed in the middle of a response", truncated: true}
	}
	return &malformed{reason: "not HTTP: " + err.Error()}
}
