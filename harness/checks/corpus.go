package checks

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/service"
)

// broken is one broken request.
type broken struct {
	what string
	wire []byte
	end  service.Ending
	// told: the client can expect to be told what is wrong. Not so where
	// nothing was sent, where nobody listens any more, or where the service may
	// close before it has read everything, which can lose its reply.
	told bool
}

// corpus is what a service of the target's protocol is sent; path is one of HTTP,
// good a whole good request on the wire, frame what parts messages, or nil. Each
// ends with the client's half of the connection closed, so that a service which
// waits for more knows that no more will come.
func corpus(protocol, path string, good []byte, frame func([]byte) ([]byte, error)) []broken {
	switch protocol {
	case "http":
		return httpRequests(path)
	case "command":
		return strangers()
	case "stdio":
		return mistakes(good)
	case "websocket":
		return webSocketRequests()
	}
	requests := brokenRequests(good[:len(good)/2])
	if frame != nil && protocol != "tcp-jsonl" {
		requests = framed(requests, frame)
	}
	if protocol == "tcp-jsonl" {
		for i, one := range requests { // who ends in the middle of a line has asked nothing yet
			requests[i].told = one.told && bytes.HasSuffix(one.wire, []byte("\n"))
		}
	}
	if protocol == "tcp-raw" {
		for i := range requests {
			requests[i].told = false // a raw service may echo whatever comes
		}
	}
	return requests
}

// brokenRequests are broken as JSON, or cut.
func brokenRequests(half []byte) []broken {
	return []broken{
		{"an empty request", nil, service.EndWrite, false},
		{"not JSON", []byte("hello, this is not JSON\n"), service.EndWrite, true},
		{"bytes that are not UTF-8", []byte("{\"message\": \"\xff\xfe\xc3\x28\"}\n"), service.EndWrite, true},
		{"NUL bytes", make([]byte, 64), service.EndWrite, true},
		{halfThenEnd, half, service.EndWrite, true},
		{halfThenReset, half, service.EndReset, false},
		{"a list", []byte("[1, 2, 3]\n"), service.EndWrite, true},
		{"a number", []byte("42\n"), service.EndWrite, true},
		{"null", []byte("null\n"), service.EndWrite, true},
		{"unknown keys", []byte("{\"bgcheck\": {\"unknown\": [null]}}\n"), service.EndWrite, false},
		{"JSON nested 100,000 deep", append([]byte(strings.Repeat("[", 100_000)), '\n'), service.EndWrite, false},
		{"1 MiB of junk", append([]byte(strings.Repeat("x", oneMiB)), '\n'), service.EndWrite, false},
	}
}

// mistakes are lines that the one who has started it may write by mistake: nobody
// else can write to its standard input.
func mistakes(good []byte) []broken {
	return []broken{
		{"an empty line", []byte("\n"), service.EndNone, false},
		{"a line that is not JSON", []byte("hello, this is not JSON\n"), service.EndNone, true},
		{"half a request", append(bytes.Clone(good[:len(good)/2]), '\n'), service.EndNone, true},
		{"a list", []byte("[1, 2, 3]\n"), service.EndNone, true},
		{"a number", []byte("42\n"), service.EndNone, true},
		{"null", []byte("null\n"), service.EndNone, true},
		{"unknown keys", []byte("{\"bgcheck\": {\"unknown\": [null]}}\n"), service.EndNone, false},
	}
}

const (
	halfThenEnd   = "half a request, then the end"
	halfThenReset = "half a request, then a reset"
)

// framed puts each whole request into a frame that is right, so that it is
// read, and adds frames that are broken. Who ends in the middle of one cannot
// expect to be told.
func framed(requests []broken, frame func([]byte) ([]byte, error)) []broken {
	out := []broken{
		{"a request without its length", []byte("{\"message\": \"no length\"}\n"), service.EndWrite, false},
		{"a request of length 0", nil, service.EndWrite, false},
		{"the greatest length, then the end", bytes.Repeat([]byte{0xff}, 8), service.EndWrite, false},
	}
	if empty, err := frame(nil); err == nil {
		out[1].wire = empty
	}
	for _, one := range requests {
		switch {
		case one.what == halfThenEnd || one.what == halfThenReset:
			one.told = false
		case len(one.wire) > 0:
			wire, err := frame(one.wire)
			if err != nil {
				continue // longer than a length can say
			}
			one.wire = wire
		}
		out = append(out, one)
	}
	return out
}

// strangers are what else connects to a port, whatever its protocol is.
func strangers() []broken {
	return []broken{
		{"a connection that ends at once", nil, service.EndWrite, false},
		{"a connection that is reset at once", nil, service.EndReset, false},
		{"a browser's request", []byte("GET / HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, false},
		{"a line of text", []byte("hello\n"), service.EndWrite, false},
		{"bytes that are not UTF-8", []byte("\xff\xfe\xc3\x28\n"), service.EndWrite, false},
		{"NUL bytes", make([]byte, 64), service.EndWrite, false},
		{"64 bytes, then a reset", bytes.Repeat([]byte("x"), 64), service.EndReset, false},
		{"1 MiB of junk", append([]byte(strings.Repeat("x", oneMiB)), '\n'), service.EndWrite, false},
	}
}

// httpRequests are broken on the level of HTTP.
func httpRequests(path string) []broken {
	post := func(body string, length int) []byte {
		return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, length, body)
	}
	return []broken{
		{"an empty request", nil, service.EndWrite, false},
		{"not HTTP", []byte("hello, this is not HTTP\r\n\r\n"), service.EndWrite, true},
		{"a request line of bytes that are not UTF-8", []byte("GET /\xff\xfe HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, false},
		{"NUL bytes", make([]byte, 64), service.EndWrite, false},
		{"half a header, then the end", []byte("POST / HTTP/1.1\r\nHost: bgch"), service.EndWrite, false},
		{"half a body, then a reset", post("{\"mess", 64), service.EndReset, false},
		{"half a body, then the end", post("{\"mess", 64), service.EndWrite, false},
		{"a body that is not JSON", post("hello", 5), service.EndWrite, true},
		{"a negative length", post("{}", -5), service.EndWrite, false},
		{"an unknown method", []byte("BGCHECK / HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, true},
		{"an unknown path", []byte("GET /bgcheck/no/such/path HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, true},
		{"a header of 1 MiB", []byte("GET / HTTP/1.1\r\nX-Junk: " + strings.Repeat("x", oneMiB) + "\r\n\r\n"), service.EndWrite, false},
	}
}

// webSocketRequests are broken on the level of WebSocket, behind a handshake.
func webSocketRequests() []broken {
	const text, more, fin, shut, ping = 0x01, 0x00, 0x80, 0x08, 0x09
	frame := service.Frame
	part := frame(fin|text, []byte("{\"message\": \"a part\"}"))[:9]
	return []broken{
		{"an empty message", frame(fin|text, nil), service.EndWrite, false},
		{"a message that is not UTF-8", frame(fin|text, []byte("\xff\xfe\xc3\x28")), service.EndWrite, false},
		{"a message of NUL bytes", frame(fin|text, make([]byte, 64)), service.EndWrite, false},
		{"a message of text", frame(fin|text, []byte("hello")), service.EndWrite, false},
		{"1 MiB of junk", frame(fin|text, []byte(strings.Repeat("x", oneMiB))), service.EndWrite, false},
		{"a frame without a mask", append([]byte{fin | text, 5}, "hello"...), service.EndWrite, false},
		{"a frame of an unknown kind", frame(fin|0x03, nil), service.EndWrite, false},
		{"a frame with a reserved bit", frame(fin|0x40|text, []byte("{}")), service.EndWrite, false},
		{"the greatest length, then the end", append([]byte{fin | text, 0xff}, bytes.Repeat([]byte{0xff}, 12)...), service.EndWrite, false},
		{"a ping that is too long", frame(fin|ping, make([]byte, 200)), service.EndWrite, false},
		{"a continuation of nothing", frame(fin|more, []byte("{}")), service.EndWrite, false},
		{"a close in the middle of a message", append(frame(text, []byte("{\"mess")), frame(fin|shut, nil)...), service.EndWrite, false},
		{"half a frame, then the end", part, service.EndWrite, false},
		{"half a frame, then a reset", part, service.EndReset, false},
	}
}

// handshakes are broken before there is a WebSocket.
func handshakes(path string) []broken {
	return []broken{
		{"a browser that wants no WebSocket", fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n", path), service.EndWrite, false},
		{"a handshake without a key", fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: bgcheck\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", path), service.EndWrite, false},
		{"half a handshake, then the end", []byte("GET / HTTP/1.1\r\nHost: bgch"), service.EndWrite, false},
		{"NUL bytes in place of a handshake", make([]byte, 64), service.EndWrite, false},
		{"a connection that is reset at once", nil, service.EndReset, false},
	}
}
