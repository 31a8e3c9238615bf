package checks

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/service"
)

var echoConcurrent = contract.Check{
	Name: "echo/concurrent",
	True: "32 clients at once each get their own answer",
	Why:  "State kept in the service and not in the connection is overwritten by the next client.",
	How:  "32 connections are opened; when all are, each sends a text of its own, which its reply must hold, and no other's.",
	Fix:  "Keep buffers and replies in the connection's object (asyncio.Protocol makes one for each), and listen with a backlog of 100.",
	FixPlain: "Keep buffers and replies in the connection's handler, not in the module or the server, and listen with a backlog of 100:\n" +
		"    server.listen(100)   # socketserver: request_queue_size = 100",
	Needs: []contract.Need{contract.NeedService, contract.NeedEcho},
	Run:   judgeConcurrent,
}

// judgeConcurrent lets many clients ask at once.
func judgeConcurrent(ctx context.Context, s *contract.Session) report.Result {
	const clients = 32
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	texts := make([]string, clients)
	replies := make([][]byte, clients)
	errs := make([]error, clients)
	began := time.Now()
	var all sync.WaitGroup
	door := newGate(clients)
	for i := range clients {
		texts[i] = fmt.Sprintf("client-%d-%s", i, contract.Nonce())
		all.Go(func() {
			// Who is connected waits for the others: a fast service would have
			// answered the first before the last has come.
			come := sync.OnceFunc(door.come)
			defer come()
			here := service.OnConnected(ctx, func() {
				come()
				door.wait(ctx)
			})
			replies[i], errs[i] = life.Send(here, contract.Message{Text: texts[i], Within: 3 * s.Patience()})
		})
	}
	all.Wait()
	took := time.Since(began)
	if ctx.Err() != nil {
		return contract.FromError(ctx.Err())
	}
	return judgeReplies(ctx, s, life, texts, replies, errs, took)
}

func judgeReplies(ctx context.Context, s *contract.Session, life *contract.Life, texts []string, replies [][]byte, errs []error, took time.Duration) report.Result {
	var lost, mixed int
	var evidence []string
	for i, text := range texts {
		foreign := false
		for j, other := range texts {
			foreign = foreign || j != i && bytes.Contains(replies[i], []byte(other))
		}
		switch {
		case foreign:
			mixed++
			evidence = append(evidence, fmt.Sprintf("client %d got the reply of another: %s", i, contract.Excerpt(replies[i])))
		case errs[i] != nil:
			lost++
			evidence = append(evidence, fmt.Sprintf("client %d: %s", i, explain.FirstLine(errs[i])))
		case !holds(replies[i], s.Target().Echo.Reply, text):
			lost++
			evidence = append(evidence, fmt.Sprintf("client %d: reply without its message: %q", i, contract.Excerpt(replies[i])))
		}
	}
	evidence = evidence[:min(len(evidence), 8)]
	seen := fmt.Sprintf("of %d clients at once %d got no answer of their own and %d one of another", len(texts), lost, mixed)
	switch {
	case mixed > 0:
		return contract.Failed(seen, "state of a request is kept in the service and not in its connection, so that clients at the same time overwrite one another's", evidence...)
	case lost > 0 && s.Ended(ctx, life):
		return life.Died(ctx, seen+"; the process ended", evidence...)
	case lost == len(texts) && !echoesAlone(ctx, s, life):
		return contract.Skipped("a client that is alone does not get its text back either: see echo/round-trip")
	case lost > 0:
		return life.Unanswered(ctx, seen, "it serves one client at a time and drops or forgets the others, or its backlog is too short", evidence...)
	}
	return contract.Passed(fmt.Sprintf("%d clients at once each got their own answer within %s", len(texts), explain.Short(took)))
}

// echoesAlone says whether one client, with nobody beside it, gets its text back.
func echoesAlone(ctx context.Context, s *contract.Session, life *contract.Life) bool {
	text := "alone-" + contract.Nonce()
	reply, err := life.Send(ctx, contract.Message{Text: text})
	return err == nil && holds(reply, s.Target().Echo.Reply, text)
}
