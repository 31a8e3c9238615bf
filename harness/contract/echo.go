package contract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/service"
)

const (
	oneMiB = 1 << 20
	// hugeBudget bounds 64 MiB there and back: a service whose work grows with
	// the square of the length needs far longer.
	hugeBudget = 60 * time.Second
)

// echoRoundTrip sends messages of several kinds and looks for them in the replies.
func echoRoundTrip(ctx context.Context, s *Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	var seen []string
	for _, one := range s.messages() {
		began := time.Now()
		reply, err := life.send(ctx, one)
		if ctx.Err() != nil {
			return FromError(ctx.Err())
		}
		if errors.Is(err, errNoPieces) {
			continue
		}
		if err != nil || !holds(reply, s.target.Echo.Reply, one.text) {
			return s.noEcho(ctx, life, one, reply, err, seen)
		}
		seen = append(seen, fmt.Sprintf("%s: %s", one.what, short(time.Since(began))))
	}
	if s.echoInURL() {
		return Passed(strings.Join(seen, ", ") + "; longer ones do not fit into a URL")
	}
	huge, failed := s.hugeEcho(ctx, life, seen)
	if failed != nil {
		return *failed
	}
	return Passed(strings.Join(append(seen, huge), ", "))
}

// message is one thing to echo.
type message struct {
	what, text string
	pieces     int           // bytes a piece; 0: sent whole
	within     time.Duration // 0: the session's patience
}

// messages are those that every service must echo.
func (s *Session) messages() []message {
	unicode := "a\"b\\c <&> \u00e4\u20ac\u4e2d\U0001f600 e\u0301 "
	if s.target.Echo.Escape != "none" {
		unicode += "\t\n"
	}
	if s.target.Echo.Escape == "json" {
		unicode += "\x00\x7f\u2028"
	}
	if s.echoInURL() {
		return []message{ // a URL has a limit: 2 KiB are safe
			{what: "plain", text: "bgcheck-" + nonce()},
			{what: "unicode", text: "a\"b\\c <&> \u00e4\u20ac\u4e2d\U0001f600 " + nonce()},
			{what: "1.5 KiB", text: longText(1536)},
		}
	}
	return []message{
		{what: "plain", text: "bgcheck-" + nonce()},
		{what: "unicode", text: unicode + nonce()},
		// Long enough that the service reads in between, and finds cut characters.
		{what: "in single bytes", text: strings.Repeat("\u20ac\U0001f600", 3000) + nonce(), pieces: 1, within: 3 * s.patience()},
		{what: "1 MiB", text: longText(oneMiB), within: 3 * s.patience()},
	}
}

// echoInURL says whether messages travel in the path of a URL.
func (s *Session) echoInURL() bool { return strings.Contains(s.target.Echo.Path, "{message}") }

// hugeEcho sends 64 MiB. A service with a limit may refuse it, as long as it
// says so or closes at once, and answers others afterwards.
func (s *Session) hugeEcho(ctx context.Context, life *Life, before []string) (string, *report.Result) {
	one := message{what: "64 MiB", text: longText(64 * oneMiB), within: hugeBudget}
	began := time.Now()
	reply, err := life.send(ctx, one)
	took := short(time.Since(began))
	if ctx.Err() != nil {
		result := FromError(ctx.Err())
		return "", &result
	}
	if err == nil && holds(reply, s.target.Echo.Reply, one.text) {
		return "64 MiB: " + took, nil
	}
	if errors.Is(err, context.DeadlineExceeded) || !life.alive() {
		result := s.noEcho(ctx, life, one, reply, err, before)
		return "", &result
	}
	if pingErr := life.ping(ctx); pingErr != nil {
		result := Failed("after a message of 64 MiB it does not answer any more: "+firstLine(pingErr),
			"a message over its limit harms the service for everyone", before...)
		return "", &result
	}
	if len(reply) > oneMiB {
		result := s.noEcho(ctx, life, one, reply, err, before)
		return "", &result
	}
	if err != nil {
		return fmt.Sprintf("64 MiB: refused by closing the connection after %s, without a message", took), nil
	}
	return fmt.Sprintf("64 MiB: refused after %s with %s", took, excerpt(reply)), nil
}

// noEcho is the failure for a message that did not come back.
func (s *Session) noEcho(ctx context.Context, life *Life, one message, reply []byte, err error, before []string) report.Result {
	evidence := append([]string(nil), before...)
	if len(reply) > 0 {
		evidence = append(evidence, fmt.Sprintf("reply of %d bytes: %s", len(reply), excerpt(reply)))
	}
	if err != nil && s.ended(ctx, life) {
		_, why := s.whyEnded(ctx, life)
		return Failed(fmt.Sprintf("at a message (%s) the process ended: %s", one.what, endOf(life.Exit())), why, evidence...)
	}
	seen := fmt.Sprintf("a message (%s) did not come back", one.what)
	if err != nil {
		seen += ": " + firstLine(err)
	}
	var diagnosis string
	switch {
	case one.pieces > 0:
		diagnosis = "it takes what one read gives for a whole request: TCP may cut a request anywhere, also inside a character; read until the request is complete, then decode"
	case len(one.text) >= oneMiB && errors.Is(err, context.DeadlineExceeded):
		diagnosis = "the time for a long request grows with the square of its length: it parses or copies everything again at each piece"
	case len(one.text) >= oneMiB:
		diagnosis = "it reads only the first piece of a long request, or has a limit (asyncio's StreamReader: 64 KiB unless limit= is given)"
	case one.what == "unicode":
		diagnosis = "the text is decoded or encoded with another encoding than UTF-8, or not escaped in the reply"
	case err != nil:
		diagnosis = "the connection ends without the reply"
	default:
		diagnosis = "the reply does not hold what was sent"
	}
	return Failed(seen, diagnosis, evidence...)
}

// echoConcurrent lets many clients ask at once.
func echoConcurrent(ctx context.Context, s *Session) report.Result {
	const clients = 32
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	texts := make([]string, clients)
	replies := make([][]byte, clients)
	errs := make([]error, clients)
	began := time.Now()
	var all sync.WaitGroup
	door := newGate(clients)
	for i := range clients {
		texts[i] = fmt.Sprintf("client-%d-%s", i, nonce())
		all.Go(func() {
			// Who is connected waits for the others: a fast service would have
			// answered the first before the last has come.
			come := sync.OnceFunc(door.come)
			defer come()
			here := service.OnConnected(ctx, func() {
				come()
				door.wait(ctx)
			})
			replies[i], errs[i] = life.send(here, message{text: texts[i], within: 3 * s.patience()})
		})
	}
	all.Wait()
	took := time.Since(began)
	if ctx.Err() != nil {
		return FromError(ctx.Err())
	}
	return s.judgeConcurrent(ctx, life, texts, replies, errs, took)
}

// gate opens when so many have come.
type gate struct {
	missing atomic.Int64
	open    chan struct{}
}

func newGate(count int) *gate {
	g := &gate{open: make(chan struct{})}
	g.missing.Store(int64(count))
	return g
}

func (g *gate) come() {
	if g.missing.Add(-1) == 0 {
		close(g.open)
	}
}

// wait returns when the gate is open, or after a second: a short backlog may let
// nobody in before the first have been served.
func (g *gate) wait(ctx context.Context) {
	timer := time.NewTimer(time.Second)
	defer timer.Stop()
	select {
	case <-g.open:
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (s *Session) judgeConcurrent(ctx context.Context, life *Life, texts []string, replies [][]byte, errs []error, took time.Duration) report.Result {
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
			evidence = append(evidence, fmt.Sprintf("client %d got the reply of another: %s", i, excerpt(replies[i])))
		case errs[i] != nil:
			lost++
			evidence = append(evidence, fmt.Sprintf("client %d: %s", i, firstLine(errs[i])))
		case !holds(replies[i], s.target.Echo.Reply, text):
			lost++
			evidence = append(evidence, fmt.Sprintf("client %d: reply without its message: %q", i, excerpt(replies[i])))
		}
	}
	evidence = evidence[:min(len(evidence), 8)]
	seen := fmt.Sprintf("of %d clients at once %d got no answer of their own and %d one of another", len(texts), lost, mixed)
	switch {
	case mixed > 0:
		return Failed(seen, "state of a request is kept in the service and not in its connection, so that clients at the same time overwrite one another's", evidence...)
	case lost > 0 && s.ended(ctx, life):
		_, why := s.whyEnded(ctx, life)
		return Failed(seen+"; the process ended: "+endOf(life.Exit()), why, evidence...)
	case lost == len(texts) && !s.echoesAlone(ctx, life):
		return Skipped("a client that is alone does not get its text back either: see echo/round-trip")
	case lost > 0:
		return Failed(seen, "it serves one client at a time and drops or forgets the others, or its backlog is too short", evidence...)
	}
	return Passed(fmt.Sprintf("%d clients at once each got their own answer within %s", len(texts), short(took)))
}

// echoesAlone says whether one client, with nobody beside it, gets its text back.
func (s *Session) echoesAlone(ctx context.Context, life *Life) bool {
	text := "alone-" + nonce()
	reply, err := life.send(ctx, message{text: text})
	return err == nil && holds(reply, s.target.Echo.Reply, text)
}

// errNoPieces: the client of this protocol cannot send a request in pieces.
var errNoPieces = errors.New("the protocol's client sends requests whole")

// send echoes one message.
func (l *Life) send(ctx context.Context, one message) ([]byte, error) {
	within := one.within
	if within == 0 {
		within = l.session.patience()
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	exchange, err := l.exchange(l.session.target.Echo)
	if err != nil {
		return nil, err
	}
	if one.pieces == 0 {
		return exchange.do(limited, "{message}", one.text)
	}
	pieces, ok := exchange.clientFor("{message}", one.text).(service.Fragmenter)
	if !ok {
		return nil, errNoPieces
	}
	payload, err := exchange.payload("{message}", one.text)
	if err != nil {
		return nil, err
	}
	return pieces.DoFragmented(limited, payload, one.pieces)
}

// longText is plain ASCII in which each part of 16 bytes says where it stands,
// so that what is lost or swapped shows.
func longText(length int) string {
	var out strings.Builder
	out.Grow(length + 16)
	digits := []byte("abcdefghijklmnop")
	part := []byte("...............-")
	for n := 0; out.Len() < length; n++ {
		for i, rest := 14, n; i >= 7; i, rest = i-1, rest>>4 {
			part[i] = digits[rest&0xf]
		}
		out.Write(part)
	}
	return out.String()[:length]
}
