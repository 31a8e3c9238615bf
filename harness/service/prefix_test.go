package service

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// framedEcho answers each message with itself, both behind a length.
func framedEcho(order binary.ByteOrder) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		head := make([]byte, 4)
		for {
			if _, err := io.ReadFull(conn, head); err != nil {
				return
			}
			message := make([]byte, order.Uint32(head))
			if _, err := io.ReadFull(conn, message); err != nil {
				return
			}
			_, _ = conn.Write(head)
			for rest := message; len(rest) > 0; { // in pieces
				n := min(len(rest), 1000)
				_, _ = conn.Write(rest[:n])
				rest = rest[n:]
			}
		}
	}
}

func prefixed(t *testing.T, c *TCP, name string) *TCP {
	t.Helper()
	p, err := NewPrefix(name)
	if err != nil {
		t.Fatal(err)
	}
	return c.Prefixed(p)
}

func TestLengthPrefixedMessages(t *testing.T) {
	big, little := serve(t, framedEcho(binary.BigEndian)), serve(t, framedEcho(binary.LittleEndian))
	for _, client := range []*TCP{
		prefixed(t, TCPJSON(big), "uint32be"), prefixed(t, TCPRaw(big), "uint32be"), prefixed(t, TCPRaw(little), "uint32le"),
	} {
		for _, request := range []string{hello, `"` + strings.Repeat("x", 1<<20) + `"`} {
			for _, pieces := range []int{1, 5, 1 << 30} {
				if len(request) > 1000 && pieces < 1000 {
					continue
				}
				reply, err := client.DoFragmented(within(t), []byte(request), pieces)
				if err != nil || string(reply) != request {
					t.Errorf("%v, pieces of %d: %.40q of %d bytes, %v", client, pieces, reply, len(reply), err)
				}
			}
		}
	}
	reply, err := prefixed(t, TCPRaw(big), "uint32be").Do(within(t), nil)
	if err != nil || len(reply) != 0 {
		t.Errorf("an empty message: %q, %v", reply, err)
	}
}

func TestLengthsOnTheWire(t *testing.T) {
	for name, want := range map[string]string{
		"uint16be": "\x01\x02", "uint16le": "\x02\x01", "uint32be": "\x00\x00\x01\x02", "uint32le": "\x02\x01\x00\x00",
		"uint64be": "\x00\x00\x00\x00\x00\x00\x01\x02", "uint64le": "\x02\x01\x00\x00\x00\x00\x00\x00",
	} {
		p, err := NewPrefix(name)
		if err != nil || string(p.Length(0x102)) != want || p.length([]byte(want)) != 0x102 {
			t.Errorf("%s: %q, %d, %v", name, p.Length(0x102), p.length([]byte(want)), err)
		}
	}
	if _, err := NewPrefix("int32"); err == nil || !strings.Contains(err.Error(), `"int32"`) {
		t.Errorf("an unknown prefix: %v", err)
	}
	small, _ := NewPrefix("uint16be")
	if _, err := small.Frame(make([]byte, 1<<16)); err == nil || !strings.Contains(err.Error(), "65535 at most") {
		t.Errorf("a message that is too long: %v", err)
	}
	if frame, err := small.Frame(make([]byte, 1<<16-1)); err != nil || !bytes.HasPrefix(frame, []byte{0xff, 0xff}) {
		t.Errorf("the longest message: %v", err)
	}
}

func TestRepliesThatAreNoFrames(t *testing.T) {
	for name, c := range map[string]struct {
		reply, reason string
		truncated     bool
	}{
		"a text":              {"HTTP/1.1 400 Bad Request", "no length prefix", false},
		"half a length":       {"\x00\x00", "2 bytes of a length prefix of 4", true},
		"half a message":      {"\x00\x00\x00\x04{\"", "2 of 4 bytes", true},
		"more than one":       {"\x00\x00\x00\x02{}{}", "2 bytes behind a message of 2", false},
		"not JSON in a frame": {"\x00\x00\x00\x02no", "not JSON", false},
	} {
		_, err := prefixed(t, TCPJSON(serve(t, firstBytes(c.reply))), "uint32be").Do(within(t), []byte(hello))
		var bad *MalformedError
		if !errors.As(err, &bad) || bad.Truncated != c.truncated || !strings.Contains(err.Error(), c.reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := prefixed(t, TCPRaw(serve(t, firstBytes(""))), "uint32be").Do(within(t), []byte(hello))
	var none *NoReplyError
	if !errors.As(err, &none) {
		t.Errorf("no reply: %v", err)
	}
}
