package service

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/iotest"
)

// judged fails the test when an error of reading is none of those that are told apart.
func judged(t *testing.T, data []byte, err error) {
	t.Helper()
	var bad *malformed
	if err != nil && !errors.As(err, &bad) && !errors.Is(err, io.EOF) {
		t.Errorf("%q: %v", data, err)
	}
}

// FuzzLine: a line that was taken is one JSON value, however the stream is cut.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{"{}\n", "{}\r\n", "{}", "\n", "{}\n{}\n", "x\n", " 1 \n ", ""} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		line, err := readLine(stream(bytes.NewReader(data)))
		judged(t, data, err)
		if err == nil && (!json.Valid(line) || bytes.IndexByte(line, '\n') >= 0) {
			t.Errorf("%q was taken for %q", data, line)
		}
		if cut, cutErr := readLine(stream(iotest.OneByteReader(bytes.NewReader(data)))); err == nil && (cutErr != nil || !bytes.Equal(cut, line)) {
			t.Errorf("%q: whole %q, byte by byte %q, %v", data, line, cut, cutErr)
		}
	})
}

// FuzzHTTP: what is no response is malformed, and nothing is kept beyond the limit.
func FuzzHTTP(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\nbody", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "SSH-2.0-x\r\n", "",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		from := stream(bytes.NewReader(data))
		from.limit = 1 << 10
		var body []byte
		all, err := readHTTP(from, http.MethodPost, func(_ *http.Response, b []byte) { body = b })
		judged(t, data, err)
		if len(all) > 2<<10 || len(body) > 2<<10 {
			t.Errorf("%d and %d bytes were kept", len(all), len(body))
		}
	})
}

// FuzzPrefixed: a message that was taken is framed again to what was read.
func FuzzPrefixed(f *testing.F) {
	for _, seed := range []string{"\x00\x00\x00\x02{}", "\x00\x00\x00\x00", "\xff\xff\xff\xff", "\x00\x02{}x", "", "\x00"} {
		for name := range prefixes {
			f.Add(name, []byte(seed))
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		prefix, err := NewPrefix(name)
		if err != nil {
			return
		}
		from := stream(bytes.NewReader(data))
		from.limit = 1 << 16
		message, err := prefix.read(from)
		judged(t, data, err)
		if err != nil {
			return
		}
		if wire, err := prefix.Frame(message); err != nil || !bytes.Equal(wire, data) && len(data) == len(wire) {
			t.Errorf("%q is %q, and that is %q, %v", data, message, wire, err)
		}
	})
}

// FuzzEchoExecReply: any JSON is a reply, and no JSON is an error.
func FuzzEchoExecReply(f *testing.F) {
	for _, seed := range []string{`{"ok": true, "message": "x"}`, `{"error": {"type": "E"}}`, `{"error": "x"}`, `{"ok": 1}`, `[]`, `null`, `{"message": 1, "result": {}}`, `{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reply, err := parseReply(data)
		if err == nil && !json.Valid(data) {
			t.Errorf("%q is no JSON", data)
		}
		_ = reply.failure().Error()
	})
}
