package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/usage"
)

const (
	echoes  = 200
	execs   = 100
	clients = 8
	// flood is how long requests are sent by several clients; a slow service is sent them
	// for longer, until there are as many as tell about a thousand.
	flood = time.Second
	many  = 500
	// enough is how long requests of one kind are sent at most: for services that poll.
	enough = 3 * time.Second
	quiet  = 2 * time.Second
	rest   = 300 * time.Millisecond
)

// ErrNoService says that there is nothing to ask, so that only checks can be compared.
var ErrNoService = errors.New("the target has no service whose figures could be taken")

// Measure launches the target once, takes its figures and ends it. The error is
// why it could not be launched or asked; figures that the backend or the target
// does not give are left out.
func Measure(ctx context.Context, s *contract.Session) (Round, error) {
	if s.Target().Service.Protocol == "none" {
		return nil, ErrNoService
	}
	began := time.Now()
	life, err := s.Launch(ctx, contract.Tweaks{Unready: true})
	if err != nil {
		return nil, err
	}
	defer life.Close()
	wait, cancel := context.WithTimeout(ctx, s.Target().Budgets.Ready)
	defer cancel()
	if err := life.WaitReady(wait, life.AskAt); err != nil {
		return nil, err
	}
	round := Round{"ready": time.Since(began).Seconds()}
	if err := takeLatencies(ctx, s, life, round); err != nil {
		return nil, err
	}
	if err := takeIdle(ctx, life, round); err != nil {
		return nil, err
	}
	if err := takeFlood(ctx, life, round); err != nil {
		return nil, err
	}
	exit, err := life.End(ctx)
	if err != nil {
		return nil, err
	}
	if !exit.Escalated {
		round["stop"] = exit.Took.Seconds() * 1000
	}
	return round, nil
}

// takeLatencies asks one client's requests, one after the other.
func takeLatencies(ctx context.Context, s *contract.Session, life *contract.Life, round Round) error {
	typical := func(count int, ask func() error) (float64, error) {
		var took []float64
		for until := time.Now().Add(enough); len(took) < count && (len(took) < 3 || time.Now().Before(until)); {
			began := time.Now()
			if err := ask(); err != nil {
				return 0, err
			}
			took = append(took, time.Since(began).Seconds()*1000)
		}
		slices.Sort(took)
		return took[len(took)/2], nil
	}
	if _, err := typical(20, func() error { return life.Ask(ctx) }); err != nil { // warms caches
		return fmt.Errorf("ask: %w", err)
	}
	echo, err := typical(echoes, func() error { return life.Ask(ctx) })
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	round["echo"] = echo
	if s.Target().Exec == nil {
		return nil
	}
	exec, err := typical(execs, func() error { _, err := life.Exec(ctx, "pass"); return err })
	if err == nil { // that exec fails is for the checks to say
		round["exec"] = exec
	}
	return ctx.Err()
}

// takeIdle leaves the life alone for a while.
func takeIdle(ctx context.Context, life *contract.Life, round Round) error {
	if err := pause(ctx, life, rest); err != nil {
		return err
	}
	before, err := life.Usage(ctx)
	if err != nil {
		return ctx.Err() // this backend cannot tell
	}
	if err := pause(ctx, life, quiet); err != nil {
		return err
	}
	after, err := life.Usage(ctx)
	if err != nil {
		return ctx.Err()
	}
	window := usage.Between(before, after)
	round["idle-cpu"], round["idle-wakeups"] = window.CPU*100, window.Wakeups
	round["memory"] = mib(float64(after.RSS))
	return nil
}

// takeFlood asks by several clients at once.
func takeFlood(ctx context.Context, life *contract.Life, round Round) error {
	before, unmeasured := life.Usage(ctx)
	began := time.Now()
	var asked atomic.Int64
	var all sync.WaitGroup
	failed := make([]error, clients)
	more := func() bool {
		since := time.Since(began)
		return since < flood || asked.Load() < many && since < enough
	}
	for i := range clients {
		all.Go(func() {
			for more() && failed[i] == nil {
				if failed[i] = life.Ask(ctx); failed[i] == nil {
					asked.Add(1)
				}
			}
		})
	}
	all.Wait()
	seconds := time.Since(began).Seconds()
	if err := errors.Join(failed...); err != nil {
		return fmt.Errorf("ask by %d clients: %w", clients, err)
	}
	round["requests"] = float64(asked.Load()) / seconds
	if err := pause(ctx, life, rest); err != nil {
		return err
	}
	after, err := life.Usage(ctx)
	if unmeasured == nil && err == nil && asked.Load() >= many {
		round["memory-per-1000"] = mib(float64(after.RSS)-float64(before.RSS)) / float64(asked.Load()) * 1000
	}
	return ctx.Err()
}

// pause leaves the life alone; that it ends meanwhile is an error.
func pause(ctx context.Context, life *contract.Life, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-life.Done():
		return fmt.Errorf("left alone it ended: %w", harness.ErrEnded)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func mib(bytes float64) float64 { return bytes / (1 << 20) }
