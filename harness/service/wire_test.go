package service

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestFragmentsArriveWhole(t *testing.T) {
	address := serve(t, func(conn *net.TCPConn) {
		var got []byte
		buf := make([]byte, 100)
		for !bytes.Contains(got, []byte("}")) {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			got = append(got, buf[:n]...)
		}
		_, _ = conn.Write(got)
		conn.CloseWrite()
		drain(conn)
	})
	line := serve(t, lines(func(conn *net.TCPConn, line string) { io.WriteString(conn, line) }))
	for _, client := range []Fragmenter{TCPJSON(address), TCPJSONL(line), TCPRaw(address)} {
		for _, n := range []int{1, 3, 1000} {
			reply, err := client.DoFragmented(within(t), []byte(hello), n)
			if err != nil || strings.TrimSpace(string(reply)) != hello {
				t.Errorf("%v, %d bytes a write: %q, %v", client, n, reply, err)
			}
		}
		if _, err := client.DoFragmented(within(t), []byte(hello), 0); err == nil {
			t.Errorf("%v: pieces of 0 bytes: no error", client)
		}
	}
}

func TestEndings(t *testing.T) {
	ended := make(chan error, 1)
	address := serve(t, func(conn *net.TCPConn) {
		got, err := io.ReadAll(conn)
		ended <- err
		_, _ = conn.Write(got)
	})
	client := TCPJSON(address)
	if reply, err := client.DoRaw(within(t), []byte(`"x"`), EndWrite); err != nil || string(reply) != `"x"` || <-ended != nil {
		t.Errorf("half-closed: %q, %v", reply, err)
	}
	if reply, err := client.DoRaw(within(t), []byte(`{"half`), EndReset); err != nil || reply != nil {
		t.Errorf("reset: %q, %v", reply, err)
	}
	if err := <-ended; !isReset(err) {
		t.Errorf("the service saw %v, not a reset", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	var timeout *TimeoutError
	if _, err := client.DoRaw(ctx, []byte(`{"half`), EndNone); !errors.As(err, &timeout) || !timeout.Sent || !timeout.Timeout() {
		t.Errorf("left open: %v", err)
	}
}

func TestLargeReply(t *testing.T) {
	// BenchmarkLargeReply takes 64 MiB; with the race detector that is slow.
	want := append(append([]byte(`{"message": "`), bytes.Repeat([]byte("a"), 16<<20)...), `"}`...)
	client := TCPJSON(serve(t, firstBytes(string(want))))
	reply, err := client.Do(within(t), []byte(hello))
	if err != nil || !bytes.Equal(reply, want) {
		t.Errorf("%d bytes of %d, %v", len(reply), len(want), err)
	}
}

func TestNone(t *testing.T) {
	if _, err := None().Do(within(t), nil); !errors.Is(err, ErrNoService) {
		t.Error(err)
	}
}

func BenchmarkLargeReply(b *testing.B) {
	want := append(append([]byte(`{"message": "`), bytes.Repeat([]byte("a"), 64<<20)...), `"}`...)
	client := TCPJSON(serve(b, firstBytes(string(want))))
	b.SetBytes(int64(len(want)))
	for b.Loop() {
		if _, err := client.Do(within(b), []byte(hello)); err != nil {
			b.Fatal(err)
		}
	}
}

func TestClientsCanWaitUntilAllAreConnected(t *testing.T) {
	for _, client := range []func(string) Client{
		func(a string) Client { return TCPRaw(a) },
		func(a string) Client { return HTTP(a, HTTPOptions{}) },
	} {
		var open, early atomic.Int64
		client := client(serve(t, func(conn *net.TCPConn) {
			if conn.Read(make([]byte, 4096)); open.Load() < 2 {
				early.Add(1)
			}
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
			conn.CloseWrite()
			drain(conn)
		}))
		var both, done sync.WaitGroup
		both.Add(2)
		for range 2 {
			done.Go(func() {
				ctx := OnConnected(within(t), func() {
					open.Add(1)
					both.Done()
					both.Wait()
				})
				if _, err := client.Do(ctx, []byte(hello)); err != nil {
					t.Errorf("%v: %v", client, err)
				}
			})
		}
		if done.Wait(); early.Load() > 0 {
			t.Errorf("%v: sent before the other one was connected", client)
		}
	}
}
