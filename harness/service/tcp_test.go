package service

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const hello = `{"message": "hello"}`

func TestServerThatAnswersTheFirstBytes(t *testing.T) {
	client := TCPJSON(serve(t, firstBytes(`{"ok": true}`)))
	reply, err := client.Do(within(t), []byte(hello))
	if err != nil || string(reply) != `{"ok": true}` {
		t.Errorf("%q, %v", reply, err)
	}
	if client.LateReplies() != 0 {
		t.Error("the connection was half-closed")
	}
}

func TestServerThatWaitsForTheEndOfTheInput(t *testing.T) {
	client := TCPJSON(serve(t, func(conn *net.TCPConn) { _, _ = conn.Write(drain(conn)) }))
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	reply, err := client.Do(ctx, []byte(hello))
	if err != nil || string(reply) != hello || client.LateReplies() != 1 {
		t.Errorf("%q, %v, %d late replies", reply, err, client.LateReplies())
	}
}

func TestServerThatKeepsTheConnectionOpenBehindItsReply(t *testing.T) {
	for _, client := range []Client{
		TCPJSON(serve(t, func(conn *net.TCPConn) { io.WriteString(conn, " [1, \"]\", {}]\n"); drain(conn) })),
		TCPJSONL(serve(t, func(conn *net.TCPConn) { io.WriteString(conn, "[1, \"]\", {}]\r\n"); drain(conn) })),
	} {
		reply, err := client.Do(within(t), []byte(hello))
		if err != nil || string(reply) != `[1, "]", {}]` {
			t.Errorf("%v: %q, %v", client, reply, err)
		}
	}
}

func TestReplyInSingleBytes(t *testing.T) {
	const want = `{"a": "\"}", "b": ["é", {"c": -1.5e3}]}`
	client := TCPJSON(serve(t, func(conn *net.TCPConn) {
		for i := range len(want) {
			io.WriteString(conn, want[i:i+1])
		}
		drain(conn)
	}))
	reply, err := client.Do(within(t), []byte(hello))
	if err != nil || string(reply) != want {
		t.Errorf("%q, %v", reply, err)
	}
}

func TestBareValuesAreReplies(t *testing.T) {
	for _, want := range []string{"12", "true", "null", `"a\\"`, "-1.5"} {
		reply, err := TCPJSON(serve(t, firstBytes(want))).Do(within(t), []byte(hello))
		if err != nil || string(reply) != want {
			t.Errorf("%s: %q, %v", want, reply, err)
		}
	}
}

func TestWhatIsNotOneJSONValueIsMalformed(t *testing.T) {
	long := strings.Repeat("x", 500)
	for name, c := range map[string]struct {
		reply     string
		truncated bool
		quote     string
	}{
		"garbage":            {"HTTP/1.1 400 Bad Request\r\n\r\n", false, `"HTTP/1.1 400`},
		"long garbage":       {"<" + long, false, `"<` + long[:199] + `"…`},
		"two values":         {`{"a":1}{"b":2}`, false, `"{\"a\":1}{\"b`},
		"crossed brackets":   {`{]`, false, `"{]"`},
		"half a reply":       {`{"a": "b`, true, `"{\"a\": \"b"`},
		"bytes not UTF-8":    {"{\"a\": \"\xff\"}", false, `\xff`},
		"a word":             {"traceback: x", false, `traceback`},
		"half a word":        {"tru", true, `"tru"`},
		"trailing garbage":   {`{"a":1} x`, false, ` x"`},
		"a byte order mark":  {"\ufeff{}", false, `\ufeff`},
		"a raw control byte": {"{\"a\": \"\x01\"}", false, `\x01`},
	} {
		reply, err := TCPJSON(serve(t, firstBytes(c.reply))).Do(within(t), []byte(hello))
		var bad *MalformedError
		if !errors.As(err, &bad) || bad.Truncated != c.truncated || !strings.Contains(err.Error(), c.quote) {
			t.Errorf("%s: %v", name, err)
		}
		if len(reply) == 0 || !strings.HasPrefix(c.reply, string(reply)) {
			t.Errorf("%s: beside the error stands %q", name, reply)
		}
	}
}

func TestCloseWithoutAReply(t *testing.T) {
	for _, make := range []func(string) *TCP{TCPJSON, TCPRaw, func(a string) *TCP { return TCPJSONL(a).TCP }} {
		client := make(serve(t, firstBytes("")))
		_, err := client.Do(within(t), []byte(hello))
		var none *NoReplyError
		if !errors.As(err, &none) || !strings.Contains(err.Error(), client.String()) {
			t.Errorf("%v: %v", client, err)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	address := nobody(t)
	for _, client := range []Client{TCPJSON(address), TCPJSONL(address), TCPRaw(address), HTTP(address, HTTPOptions{})} {
		_, err := client.Do(within(t), []byte(hello))
		var refused *RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("%v: %v", client, err)
		}
	}
}

func TestServerThatResets(t *testing.T) {
	address := serve(t, func(conn *net.TCPConn) {
		conn.Read(make([]byte, 1))
		conn.SetLinger(0)
	})
	for _, client := range []Client{TCPJSON(address), TCPJSONL(address), HTTP(address, HTTPOptions{})} {
		_, err := client.Do(within(t), []byte(hello))
		var reset *ResetError
		if !errors.As(err, &reset) {
			t.Errorf("%v: %v", client, err)
		}
	}
}

func TestServerThatStopsInTheMiddle(t *testing.T) {
	client := TCPJSON(serve(t, func(conn *net.TCPConn) {
		io.WriteString(conn, `{"half": `)
		drain(conn)
		conn.Read(make([]byte, 1))
	}))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	time.AfterFunc(200*time.Millisecond, cancel)
	reply, err := client.Do(ctx, []byte(hello))
	var timeout *TimeoutError
	if !errors.As(err, &timeout) || !timeout.Sent || timeout.Received != 9 || string(reply) != `{"half": ` {
		t.Errorf("%q, %v", reply, err)
	}
	if !strings.Contains(err.Error(), `9 bytes of a reply received: "{\"half\": "`) {
		t.Errorf("message: %v", err)
	}
}

func TestCancellationEndsABlockedCall(t *testing.T) {
	taken, never := make(chan bool, 8), make(chan bool)
	address := serve(t, func(conn *net.TCPConn) {
		conn.Read(make([]byte, 1))
		taken <- true
		<-never
	})
	t.Cleanup(func() { close(never) })
	huge := bytes.Repeat([]byte(" "), 16<<20) // more than the system's buffers hold
	for name, request := range map[string][]byte{"while reading": []byte(hello), "while sending": huge} {
		for _, client := range []Client{TCPJSON(address), TCPJSONL(address), TCPRaw(address), HTTP(address, HTTPOptions{})} {
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				<-taken
				cancel()
			}()
			_, err := client.Do(ctx, append([]byte("1"), request...))
			var timeout *TimeoutError
			if !errors.As(err, &timeout) || !errors.Is(err, context.Canceled) || timeout.Timeout() {
				t.Errorf("%s, %v: %v", name, client, err)
			}
		}
	}
}

func TestServiceThatAnswersBeforeTheWholeRequest(t *testing.T) {
	client := TCPJSON(serve(t, func(conn *net.TCPConn) {
		conn.Read(make([]byte, 1000))
		io.WriteString(conn, `{"ok": false, "error": "too large"}`)
		conn.CloseWrite()
		drain(conn)
	}))
	reply, err := client.Do(within(t), make([]byte, 16<<20))
	if err != nil || !bytes.Contains(reply, []byte("too large")) {
		t.Errorf("%q, %v", reply, err)
	}
}
