package service

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// serving is a WebSocket server whose connections are given to talk.
func serving(t *testing.T, talk func(ctx context.Context, socket *websocket.Conn)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/ws" || r.Header.Get("X-Token") != "secret" {
			http.Error(w, "who are you?", http.StatusForbidden)
			return
		}
		socket, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"rpc"}})
		if err != nil {
			return
		}
		defer socket.CloseNow()
		socket.SetReadLimit(1 << 24)
		talk(r.Context(), socket)
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func echoing(ctx context.Context, socket *websocket.Conn) {
	kind, message, err := socket.Read(ctx)
	if err == nil {
		_ = socket.Write(ctx, kind, message)
		_ = socket.Close(websocket.StatusNormalClosure, "")
	}
}

var own = WebSocketOptions{Path: "/ws", Headers: map[string]string{"X-Token": "secret", "Sec-WebSocket-Protocol": "rpc"}}

func TestAWebSocketMessageIsEchoedWholeAndInPieces(t *testing.T) {
	client := WebSocket(serving(t, echoing), own)
	for _, text := range []string{"", "héllo", strings.Repeat("x", 200), strings.Repeat("y", 1<<20)} {
		reply, err := client.Do(within(t), []byte(text))
		if err != nil || string(reply) != text {
			t.Errorf("%d bytes: %d back, %v", len(text), len(reply), err)
		}
	}
	reply, err := client.DoFragmented(within(t), []byte("in single bytes"), 1)
	if err != nil || string(reply) != "in single bytes" {
		t.Errorf("%q, %v", reply, err)
	}
	if client.String() == "" || !strings.HasPrefix(client.String(), "websocket 127.0.0.1:") {
		t.Error(client)
	}
}

func TestWhatAWebSocketServiceDoesWrongIsNamed(t *testing.T) {
	var status *StatusError
	_, err := WebSocket(serving(t, echoing), WebSocketOptions{}).Do(within(t), []byte("x"))
	if !errors.As(err, &status) || status.Code != http.StatusForbidden || !strings.Contains(string(status.Body), "who are you?") {
		t.Errorf("without the token: %v", err)
	}
	for _, one := range []struct {
		name string
		talk func(ctx context.Context, socket *websocket.Conn)
		want any
		says string
	}{
		{"it closes", func(ctx context.Context, socket *websocket.Conn) {
			_, _, _ = socket.Read(ctx)
			_ = socket.Close(websocket.StatusPolicyViolation, "no")
		}, new(*NoReplyError), "StatusPolicyViolation"},
		{"it hangs up", func(ctx context.Context, socket *websocket.Conn) { _, _, _ = socket.Read(ctx) }, new(*NoReplyError), "without a reply"},
		{"it hangs up in a message", func(ctx context.Context, socket *websocket.Conn) {
			_, _, _ = socket.Read(ctx)
			if w, err := socket.Writer(ctx, websocket.MessageText); err == nil {
				_, _ = w.Write([]byte(strings.Repeat("x", 1<<14)))
			}
		}, new(*MalformedError), "in the middle of a message"},
		{"its message has no end", func(ctx context.Context, socket *websocket.Conn) {
			_, _, _ = socket.Read(ctx)
			w, err := socket.Writer(ctx, websocket.MessageText)
			for err == nil {
				_, err = w.Write([]byte(strings.Repeat("x", 1<<14)))
			}
		}, new(*MalformedError), "without an end"},
	} {
		address := serving(t, one.talk)
		_, err := WebSocket(address, own).Do(WithReplyLimit(within(t), 1<<20), []byte("x"))
		if !errors.As(err, one.want) || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%s: %v", one.name, err)
		}
	}
	silent := serving(t, func(ctx context.Context, socket *websocket.Conn) { _, _, _ = socket.Read(ctx); <-ctx.Done() })
	var late *TimeoutError
	short, cancel := context.WithTimeout(within(t), 200*time.Millisecond)
	defer cancel()
	if _, err := WebSocket(silent, own).Do(short, []byte("x")); !errors.As(err, &late) || !late.Sent {
		t.Errorf("it is silent: %v", err)
	}
	if _, err := WebSocket(nobody(t), own).Do(within(t), nil); !errors.As(err, new(*RefusedError)) {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestRawFramesAreAnsweredByAClose(t *testing.T) {
	client := WebSocket(serving(t, echoing), own)
	for name, wire := range map[string][]byte{
		"a reserved opcode": Frame(0x83, nil), "a reserved bit": Frame(0xf1, nil),
	} {
		reply, err := client.DoRaw(within(t), wire, EndWrite)
		if err != nil || !strings.HasPrefix(string(reply), "close 1002") {
			t.Errorf("%s: %q, %v", name, reply, err)
		}
	}
	if _, err := client.DoRaw(within(t), Frame(0x81, []byte("x"))[:3], EndReset); err != nil {
		t.Errorf("a reset: %v", err)
	}
	if reply, err := client.DoRaw(within(t), Frame(0x81, []byte("fine")), EndWrite); err != nil || string(reply) != "fine" {
		t.Errorf("%q, %v", reply, err)
	}
}
