package harness

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"
)

const (
	firstPause   = 5 * time.Millisecond
	longestPause = 100 * time.Millisecond
	// refusedPause comes after a connection that was refused: to ask again costs
	// next to nothing, and to wait longer is time lost once the service listens.
	refusedPause = 20 * time.Millisecond
	// firstPatience bounds the first try; each next one may take twice as long,
	// so that a slow service is not asked again and again in vain.
	firstPatience = 5 * time.Second
	// longestPatience keeps the doubling from overflowing: a port that refuses
	// is tried dozens of times in the seconds before the service listens.
	longestPatience = 10 * time.Minute
)

// errReserve ends the asking a little before the caller's own deadline.
var errReserve = fmt.Errorf("the time for asking is over: %w", context.DeadlineExceeded)

// WaitReady calls probe with the service's address until it returns nil. It
// ends at once, with an *Error wrapping ErrEnded, when Blender ends, and with
// probe's last error when ctx does. An accepted TCP connection proves
// nothing: probe must ask for a reply, and must heed its ctx.
//
// When ctx has a deadline, asking ends a tenth of the remaining time earlier, 2 s at
// most: that time is for finding out why.
func (b *Blender) WaitReady(ctx context.Context, probe func(ctx context.Context, address string) error) error {
	began := time.Now()
	asking, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if deadline, ok := ctx.Deadline(); ok {
		remaining := time.Until(deadline)
		timer := time.AfterFunc(remaining-reserved(remaining), func() { stop(errReserve) })
		defer timer.Stop()
	}
	watching := make(chan struct{})
	defer func() { stop(nil); <-watching }()
	go func() {
		defer close(watching)
		select {
		case <-b.done:
			stop(ErrEnded)
		case <-asking.Done():
		}
	}()

	address, err := b.Address(asking)
	if err != nil {
		return b.notReady(ctx, asking, "", 0, time.Since(began), err)
	}
	var last error
	tries, pause, patience := 0, firstPause, firstPatience
	for asking.Err() == nil {
		try, cancel := context.WithTimeout(asking, patience)
		began := time.Now()
		err := probe(try, address)
		cancel()
		tries++
		switch {
		case err == nil:
			b.setReady()
			return nil
		case asking.Err() == nil || !errors.Is(err, context.Canceled):
			last = err
		case last == nil: // cut off in the first try, which says nothing by itself
			last = fmt.Errorf("no answer within %s: %w", seconds(time.Since(began)), err)
		}
		patience = min(patience*2, longestPatience)
		timer := time.NewTimer(pause)
		pause = min(pause*2, longestPause)
		if errors.Is(err, syscall.ECONNREFUSED) {
			pause = min(pause, refusedPause)
		}
		select {
		case <-timer.C:
		case <-asking.Done():
			timer.Stop()
		}
	}
	if last == nil {
		last = context.Cause(asking)
	}
	return b.notReady(ctx, asking, address, tries, time.Since(began), last)
}

// setReady notes when the service was first seen to answer.
func (b *Blender) setReady() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ready == 0 {
		b.ready = time.Since(b.started)
	}
}

// reserved is the part of the remaining time that is kept for finding out why.
func reserved(remaining time.Duration) time.Duration {
	return max(0, min(remaining/10, 2*time.Second))
}

// notReady explains why the service is not ready.
func (b *Blender) notReady(ctx, asking context.Context, address string, tries int, took time.Duration, last error) error {
	if errors.Is(context.Cause(asking), ErrEnded) || b.Exit() != nil {
		<-b.done
		if b.exit.Err != nil {
			return b.fail(PhaseReady, b.exit.Err)
		}
		return b.fail(PhaseReady, fmt.Errorf("%w before its service was ready: %s", ErrEnded, b.exit))
	}
	if address == "" { // no port known
		var whole *Error
		if errors.As(last, &whole) {
			last = whole.Err
		}
		return b.fail(PhaseReady, fmt.Errorf("not ready after %s: %w", seconds(took), last))
	}
	if b.noPort {
		return b.fail(PhaseReady, fmt.Errorf("not ready after %s (%d tries): %w (%w)", seconds(took), tries, last, context.Cause(asking)))
	}
	return b.fail(PhaseReady, fmt.Errorf("not ready after %s (%d tries): %s: %w (%w)",
		seconds(took), tries, b.diagnose(ctx, address, last), last, context.Cause(asking)))
}

// diagnose tells a port on which nobody listens from one that accepts and does
// not answer.
func (b *Blender) diagnose(ctx context.Context, address string, last error) string {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
		return address + " accepts connections but does not answer as it should"
	}
	if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(last, syscall.ECONNREFUSED) {
		return address + " cannot be reached"
	}
	said := "nothing listens on " + address
	if listeners, err := b.proc.Listeners(ctx); err == nil {
		var elsewhere []string
		for _, l := range listeners {
			elsewhere = append(elsewhere, l.String())
		}
		if len(elsewhere) > 0 {
			said += ", but Blender listens on " + strings.Join(elsewhere, " and ")
		} else {
			said += ", and Blender listens on no port"
		}
	}
	return said
}

// seconds writes a duration for a person.
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 0.9995:
		return fmt.Sprintf("%.2g s", s)
	case s < 100:
		return fmt.Sprintf("%.1f s", s)
	default:
		return fmt.Sprintf("%.0f s", s)
	}
}
