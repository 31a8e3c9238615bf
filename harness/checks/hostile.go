package checks

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
)

// crowd connects so many clients that say nothing; where there is a request, the last
// of them sends it byte by byte, two a second, and never its last. It tells how many
// were connected, and how they leave.
func (o *ordeal) crowd(ctx context.Context, clients int, request []byte) (came int, leave func()) {
	here, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	var conns []net.Conn
	for range clients {
		dialer := net.Dialer{Timeout: o.session.Brief()}
		conn, err := dialer.DialContext(here, "tcp", o.life.Addr())
		if err != nil {
			break // the service takes no more; what is judged comes later
		}
		conns = append(conns, conn)
	}
	if len(request) > 1 && len(conns) == clients {
		all.Go(func() { trickle(here, conns[clients-1], request[:len(request)-1]) })
	}
	return len(conns), func() {
		cancel()
		for _, conn := range conns {
			_ = conn.Close()
		}
		all.Wait()
	}
}

// trickle sends a byte twice a second, as long as somebody takes them.
func trickle(ctx context.Context, conn net.Conn, all []byte) {
	for i := range all {
		if _, err := conn.Write(all[i : i+1]); err != nil || !contract.Pause(ctx, 500*time.Millisecond) {
			return
		}
	}
}

// through asks through a proxy, within three times the session's patience. Errors
// are those of f, and of starting the proxy.
func (o *ordeal) through(ctx context.Context, toxic mishap.Toxic, f func(ctx context.Context, address string) error) error {
	proxy, err := mishap.Through(o.life.Addr(), toxic)
	if err != nil {
		return err
	}
	defer func() { _ = proxy.Close() }()
	limited, cancel := context.WithTimeout(ctx, 3*o.session.Patience())
	defer cancel()
	return f(limited, proxy.Address)
}

// held asks while other clients are connected that keep it busy; yes: nobody answered
// within three times the session's patience, and not because the machine was busy.
func (o *ordeal) held(ctx context.Context) (yes bool, waited time.Duration) {
	began, hunger := time.Now(), o.life.Hunger()
	limited, cancel := context.WithTimeout(ctx, 3*o.session.Patience())
	defer cancel()
	err := o.life.AskLong(limited)
	waited = time.Since(began)
	return err != nil && ctx.Err() == nil && hunger.Starved() == nil, waited
}

// tasteOf makes a warning of a good result where others were kept waiting: many
// services for one client alone are made so.
func (o *ordeal) tasteOf(result report.Result, held bool, waited time.Duration, while string) report.Result {
	switch {
	case result.Verdict != report.Pass:
		return result
	case held:
		return contract.Warned(fmt.Sprintf("while %s nobody else was answered within %s; when they had left it answered", while, explain.Short(waited)),
			"it serves one client at a time, and waits for that one without an end", result.Evidence...)
	case waited > o.session.Patience()/4:
		result.Remark = fmt.Sprintf("while %s another one waited %s", while, explain.Short(waited))
	}
	return result
}
