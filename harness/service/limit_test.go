package service

import (
	"errors"
	"io"
	"net"
	"strings"
	"testing"
)

// forever answers the first bytes with begin, and then goes on until the client
// has enough.
func forever(begin string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		if n, _ := conn.Read(make([]byte, 65536)); n == 0 {
			return
		}
		_, err := io.WriteString(conn, begin)
		for more := []byte(strings.Repeat("x", 64<<10)); err == nil; {
			_, err = conn.Write(more)
		}
	}
}

func TestAReplyWithoutAnEndIsBoundedAndSaidSo(t *testing.T) {
	framing, err := NewPrefix("uint64be")
	if err != nil {
		t.Fatal(err)
	}
	length := string(framing.Length(8 << 20))
	for name, client := range map[string]Client{
		"json":               TCPJSON(serve(t, forever(`{"message": "`))),
		"lines":              TCPJSONL(serve(t, forever(`{"message": "`))),
		"raw":                TCPRaw(serve(t, forever(""))),
		"http body":          HTTP(serve(t, forever("HTTP/1.1 200 OK\r\n\r\n")), HTTPOptions{}),
		"http chunk":         HTTP(serve(t, forever("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n")), HTTPOptions{}),
		"http head":          HTTP(serve(t, forever("HTTP/1.1 200 OK\r\nX-Long: ")), HTTPOptions{}),
		"http first line":    HTTP(serve(t, forever("HTTP/1.1 200 ")), HTTPOptions{}),
		"behind its length":  TCPRaw(serve(t, forever(length))).Prefixed(framing),
		"a command's output": Command([]string{"yes"}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			ctx := WithReplyLimit(within(t), 1<<20)
			reply, err := client.Do(ctx, []byte(hello))
			var bad *MalformedError
			if name == "behind its length" { // known without reading it
				if !errors.As(err, &bad) || bad.Endless || !strings.Contains(bad.Reason, "a length of 8388608: more than 1048576 bytes") {
					t.Errorf("%v", err)
				}
				return
			}
			if !errors.As(err, &bad) || !bad.Endless || !strings.Contains(err.Error(), "it goes on after 1048576 bytes, without an end") {
				t.Errorf("%v", err)
			}
			if len(reply) > 2<<20 {
				t.Errorf("%d bytes were kept", len(reply))
			}
		})
	}
}

func TestAKeptConnectionBoundsItsLines(t *testing.T) {
	conn, err := TCPJSONL(serve(t, forever(`{"message": "`))).Open(within(t))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = conn.Do(within(t), []byte(hello))
	var bad *MalformedError
	if !errors.As(err, &bad) || !bad.Endless || len(bad.Reply) > ReplySlack+1<<20 {
		t.Errorf("%v", err)
	}
}

func TestAReplyAsLongAsItMayBeIsWhole(t *testing.T) {
	text := `"` + strings.Repeat("x", 998) + `"`
	for name, client := range map[string]Client{
		"json": TCPJSON(serve(t, firstBytes(text))), "raw": TCPRaw(serve(t, firstBytes(text))),
	} {
		if reply, err := client.Do(WithReplyLimit(within(t), 1000), []byte(hello)); err != nil || len(reply) != 1000 {
			t.Errorf("%s: %d bytes, %v", name, len(reply), err)
		}
	}
}
