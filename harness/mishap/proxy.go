package mishap

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Proxy stands between clients and a service, on 127.0.0.1, and does to what goes
// through what a bad network does.
type Proxy struct {
	// Address is where it listens, host:port.
	Address string

	listener net.Listener
	to       string
	toxic    Toxic
	ctx      context.Context
	cancel   context.CancelFunc
	all      sync.WaitGroup
}

// Through starts a proxy before the service at an address. Close ends it.
func Through(to string, toxic Toxic) (*Proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start a proxy: %w", err)
	}
	p := &Proxy{Address: listener.Addr().String(), listener: listener, to: to, toxic: toxic}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	p.all.Go(p.accept)
	return p, nil
}

// Close ends the proxy and all that goes through it, and waits until it has.
func (p *Proxy) Close() error {
	p.cancel()
	err := p.listener.Close()
	p.all.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		p.all.Go(func() { p.serve(client) })
	}
}

// serve connects a client with the service until both have ended, or the toxic ends it.
func (p *Proxy) serve(client net.Conn) {
	var dialer net.Dialer
	service, err := dialer.DialContext(p.ctx, "tcp", p.to)
	if err != nil {
		_ = client.Close()
		return
	}
	over, end := context.WithCancel(p.ctx)
	defer end()
	reset := func() {
		for _, conn := range []net.Conn{client, service} {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
		}
		end()
	}
	var ways sync.WaitGroup
	switch {
	case p.toxic.Timeout > 0:
		ways.Go(func() { wait(over, p.toxic.Timeout); end() })
	default:
		ways.Go(func() { p.pass(over, service, client, up) })
		ways.Go(func() {
			if p.pass(over, client, service, down) {
				reset()
			}
		})
	}
	stop := context.AfterFunc(over, func() { _, _ = client.Close(), service.Close() })
	defer stop()
	if p.toxic.ResetPeer > 0 {
		timer := time.AfterFunc(p.toxic.ResetPeer, reset)
		defer timer.Stop()
	}
	ways.Wait()
	_, _ = client.Close(), service.Close()
}

// way is up, to the service, or down, to the client.
type way bool

const (
	up   way = false
	down way = true
)

// pass copies one way until its end, which it passes on; exceeded says that the limit
// of bytes was reached.
func (p *Proxy) pass(ctx context.Context, to, from net.Conn, which way) (exceeded bool) {
	buf := make([]byte, 32<<10)
	var passed int64
	for {
		n, err := from.Read(buf)
		if n > 0 {
			wait(ctx, p.toxic.Latency)
			piece := buf[:n]
			if which == down && p.toxic.Limit > 0 && passed+int64(n) > p.toxic.Limit {
				_, _ = to.Write(piece[:p.toxic.Limit-passed])
				return true
			}
			passed += int64(n)
			if p.write(ctx, to, piece, which) != nil {
				return false
			}
		}
		if err != nil {
			wait(ctx, p.toxic.SlowClose)
			if half, ok := to.(*net.TCPConn); ok {
				_ = half.CloseWrite()
			}
			return false
		}
	}
}

// write writes in pieces, and no faster than the bandwidth.
func (p *Proxy) write(ctx context.Context, to io.Writer, all []byte, which way) error {
	size, between := len(all), time.Duration(0)
	switch {
	case p.toxic.Bandwidth > 0:
		size = max(p.toxic.Bandwidth/20, 1)
		between = time.Second / 20
	case p.toxic.Slices > 0 && which == up:
		size, between = (len(all)+p.toxic.Slices-1)/p.toxic.Slices, p.toxic.Between
	}
	for len(all) > 0 {
		piece := all[:min(size, len(all))]
		if _, err := to.Write(piece); err != nil {
			return err
		}
		if all = all[len(piece):]; len(all) > 0 {
			wait(ctx, between)
		}
	}
	return ctx.Err()
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
