package service

import (
	"context"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// serve answers each connection with handle until the test ends; the
// connection is closed behind handle.
func serve(t testing.TB, handle func(conn *net.TCPConn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	open := map[net.Conn]bool{}
	var mu sync.Mutex
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[conn] = true
			mu.Unlock()
			all.Go(func() {
				handle(conn.(*net.TCPConn))
				conn.Close()
				mu.Lock()
				delete(open, conn)
				mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for conn := range open {
			conn.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return l.Addr().String()
}

// firstBytes answers what arrives first, as an asyncio.Protocol's data_received does.
func firstBytes(reply string) func(*net.TCPConn) {
	return func(conn *net.TCPConn) {
		if n, _ := conn.Read(make([]byte, 65536)); n > 0 {
			_, _ = io.WriteString(conn, reply)
		}
		conn.CloseWrite()
		drain(conn) // else the system resets, with bytes unread
	}
}

// silent reads what comes, and neither answers nor closes.
func silent(conn *net.TCPConn) { drain(conn) }

// drain reads until the other side half-closes or goes.
func drain(conn *net.TCPConn) []byte {
	all, _ := io.ReadAll(conn)
	return all
}

// within is a context that is only a safety net.
func within(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// nobody is an address at which nobody listens.
func nobody(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
