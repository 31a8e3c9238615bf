package service

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"testing"
	"testing/iotest"
	"time"
)

// streamConn is a connection of which only reading matters.
type streamConn struct {
	net.Conn
	io.Reader
}

func (s streamConn) Read(p []byte) (int, error)    { return s.Reader.Read(p) }
func (streamConn) SetReadDeadline(time.Time) error { return nil }

func stream(r io.Reader) *counted { return &counted{Conn: streamConn{Reader: r}} }

// FuzzReply: however a stream is cut, the reader gives the same answer, and
// takes exactly what is one JSON value.
func FuzzReply(f *testing.F) {
	for _, seed := range []string{
		`{"a": 1}`, ` [1, "]\"", {}] `, `"\\"`, "12", "tru", "{]", `{"a":1}x`, "", " ", "\xff", "<html>", `{"a`, "\ufeff{}", "-", `[[[`, "nul l",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		whole, wholeErr := readJSON(stream(bytes.NewReader(data)))
		cut, cutErr := readJSON(stream(iotest.OneByteReader(bytes.NewReader(data))))
		if wholeErr == nil {
			if !json.Valid(whole) || !bytes.Equal(bytes.TrimFunc(data, jsonSpace), whole) && len(data) < 4096 {
				t.Errorf("%q was taken for %q", data, whole)
			}
			if cutErr != nil || !bytes.Equal(whole, cut) {
				t.Errorf("%q: whole %q, byte by byte %q, %v", data, whole, cut, cutErr)
			}
			return
		}
		var bad *malformed
		if !errors.As(wholeErr, &bad) && !errors.Is(wholeErr, io.EOF) {
			t.Errorf("%q: %v", data, wholeErr)
		}
		if checkJSON(data) == "" {
			t.Errorf("%q is one JSON value and was refused: %v", data, wholeErr)
		}
		if len(whole) > len(data) || !bytes.HasPrefix(data, whole) {
			t.Errorf("%q: beside the error stands %q", data, whole)
		}
	})
}

func jsonSpace(r rune) bool { return r < 0x80 && isSpace(byte(r)) }
