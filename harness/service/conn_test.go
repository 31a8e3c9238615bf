package service

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// lines calls handle for each line, on one goroutine.
func lines(handle func(conn *net.TCPConn, line string)) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		in := bufio.NewReader(conn)
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			handle(conn, line)
		}
	}
}

func open(t *testing.T, handle func(*net.TCPConn)) *Conn {
	t.Helper()
	conn, err := TCPJSONL(serve(t, handle)).Open(within(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestRequestsOverlapAndRepliesComeOutOfOrder(t *testing.T) {
	const n = 20
	var held []string
	conn := open(t, lines(func(conn *net.TCPConn, line string) {
		if held = append(held, line); len(held) == n {
			for i := range held { // the last first
				io.WriteString(conn, held[n-1-i])
			}
		}
	}))
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			reply, err := conn.Do(within(t), fmt.Appendf(nil, "{\n\"message\": \"m%d\"}", i))
			var body struct{ ID, Message string }
			if err != nil || json.Unmarshal(reply, &body) != nil || body.Message != fmt.Sprintf("m%d", i) || body.ID == "" {
				t.Errorf("request %d: %s, %v", i, reply, err)
			}
		})
	}
	all.Wait()
}

func TestRepliesWithoutIDsComeInOrder(t *testing.T) {
	n := 0
	conn := open(t, lines(func(conn *net.TCPConn, _ string) { n++; fmt.Fprintf(conn, "{\"n\": %d}\n", n) }))
	for i := 1; i <= 3; i++ {
		reply, err := conn.Do(within(t), []byte(hello))
		if err != nil || string(reply) != fmt.Sprintf(`{"n": %d}`, i) {
			t.Errorf("%s, %v", reply, err)
		}
	}
}

func TestOwnIDIsKept(t *testing.T) {
	conn := open(t, lines(func(conn *net.TCPConn, line string) { io.WriteString(conn, line) }))
	for _, request := range []string{`{"id":7,"a":1}`, `{"id":{"x":[1]}}`, `[1,2]`, `"text"`} {
		reply, err := conn.Do(within(t), []byte(request))
		if err != nil || string(reply) != request {
			t.Errorf("%s: %s, %v", request, reply, err)
		}
	}
	reply, err := conn.Do(within(t), []byte(`{}`))
	if err != nil || !strings.HasPrefix(string(reply), `{"id":"bgcheck-`) {
		t.Errorf("an empty object: %s, %v", reply, err)
	}
	if _, err := conn.Do(within(t), []byte("not\njson")); err == nil {
		t.Error("a request of two lines: no error")
	}
}

func TestLateReplyOfAGivenUpRequestIsNotTakenForAnothers(t *testing.T) {
	first, count := make(chan bool), 0
	conn := open(t, lines(func(conn *net.TCPConn, _ string) {
		if count++; count == 1 {
			close(first)
			return
		}
		io.WriteString(conn, "{\"n\": 1}\n{\"n\": 2}\n")
	}))
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-first
		cancel()
	}()
	var timeout *TimeoutError
	if _, err := conn.Do(ctx, []byte(hello)); !errors.As(err, &timeout) || !timeout.Sent {
		t.Errorf("the first: %v", err)
	}
	reply, err := conn.Do(within(t), []byte(hello))
	if err != nil || string(reply) != `{"n": 2}` {
		t.Errorf("the second: %s, %v", reply, err)
	}
}

func TestEndOfAKeptConnectionFreesAllWhoWait(t *testing.T) {
	for name, c := range map[string]struct {
		reply string
		is    func(error) bool
	}{
		"closed":      {"", func(err error) bool { var e *NoReplyError; return errors.As(err, &e) }},
		"garbage":     {"hm?\n", func(err error) bool { var e *MalformedError; return errors.As(err, &e) && !e.Truncated }},
		"half a line": {"{\"a\"", func(err error) bool { var e *MalformedError; return errors.As(err, &e) && e.Truncated }},
		"foreign id":  {"{\"id\": 99}\n", func(err error) bool { var e *MalformedError; return errors.As(err, &e) }},
	} {
		count := 0
		conn := open(t, func(conn *net.TCPConn) {
			in := bufio.NewReader(conn)
			for ; count < 2; count++ {
				in.ReadString('\n')
			}
			io.WriteString(conn, c.reply)
			conn.CloseWrite()
			drain(conn)
		})
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if _, err := conn.Do(within(t), []byte(hello)); !c.is(err) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		all.Wait()
		if _, err := conn.Do(within(t), []byte(hello)); !c.is(err) {
			t.Errorf("%s, afterwards: %v", name, err)
		}
	}
}

func TestClosedConnSaysSo(t *testing.T) {
	conn := open(t, silent)
	conn.Close()
	conn.Close()
	if _, err := conn.Do(within(t), []byte(hello)); err == nil || !strings.Contains(err.Error(), "closed by this side") {
		t.Error(err)
	}
}
