package contract

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/service"
)

// AskAt is the readiness probe: it passes when a whole reply comes from that
// address, which is the service's from now on.
func (l *Life) AskAt(ctx context.Context, address string) error {
	l.mu.Lock()
	l.addr, l.made = address, nil
	l.mu.Unlock()
	return l.AskLong(ctx)
}

// Probe is the request that shows that the service lives.
func (l *Life) Probe() (*Exchange, error) {
	of, place, value, ok := l.session.target.Probe()
	if !ok {
		return nil, errors.New("the target file gives no request to ask the service with (ready, echo or exec)")
	}
	made, err := l.exchange(of)
	if err != nil {
		return nil, err
	}
	filled := *made
	filled.place, filled.value = place, value
	return &filled, nil
}

// AskLong sends the probe, bounded by ctx alone; a whole reply is an answer, whatever it holds.
func (l *Life) AskLong(ctx context.Context) error {
	_, err := l.reply(ctx)
	return err
}

func (l *Life) reply(ctx context.Context) ([]byte, error) {
	if l.side != nil {
		return l.ordinaryJob(ctx)
	}
	probe, err := l.Probe()
	if err != nil {
		return nil, err
	}
	if probe.place == "{message}" {
		probe.value = "ping-" + Nonce()
	}
	reply, err := probe.do(ctx, probe.place, probe.value)
	if err == nil && len(reply) == 0 {
		err = errors.New("an empty reply")
	}
	return reply, err
}

// Ask sends the probe within the session's patience.
func (l *Life) Ask(ctx context.Context) error {
	_, err := l.Reply(ctx)
	return err
}

// Reply is the reply to a good request.
func (l *Life) Reply(ctx context.Context) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, l.session.Patience())
	defer cancel()
	return l.reply(limited)
}

// Exec sends code and returns the reply, which proves nothing: see Run. An HTTP
// error status or a failed client program that says something is a reply, too.
func (l *Life) Exec(ctx context.Context, code string) ([]byte, error) {
	if l.session.target.Exec == nil {
		return nil, errors.New("exec: the target file gives no exec request")
	}
	limited, cancel := context.WithTimeout(ctx, EffectBudget+l.session.Patience())
	defer cancel()
	return l.ExecWithin(limited, code)
}

// ExecWithin is Exec, bounded by ctx alone.
func (l *Life) ExecWithin(ctx context.Context, code string) ([]byte, error) {
	exchange, err := l.exchange(l.session.target.Exec)
	if err != nil {
		return nil, err
	}
	return told(exchange.do(ctx, "{code}", code))
}

// ExecAs sends code with another token than the life's own, within the session's
// patience.
func (l *Life) ExecAs(ctx context.Context, token, code string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, l.session.Patience())
	defer cancel()
	l.mu.Lock()
	exchange, err := l.newExchange(l.session.target.Exec, &l.session.target.Service, l.addr, token)
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return told(exchange.do(limited, "{code}", code))
}

// EchoAt sends the echo request with a text, or the probe where there is no echo, to
// another address than the life's own, such as a proxy's; bounded by ctx alone.
func (l *Life) EchoAt(ctx context.Context, address, text string) ([]byte, error) {
	of, place, value := l.session.target.Echo, "{message}", text
	if of == nil {
		var ok bool
		if of, place, value, ok = l.session.target.Probe(); !ok {
			return nil, errors.New("the target file gives no request to ask the service with (ready, echo or exec)")
		}
	}
	l.mu.Lock()
	exchange, err := l.newExchange(of, &l.session.target.Service, address, l.Token())
	l.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return exchange.do(ctx, place, value)
}

// told makes a reply of an error that carries one.
func told(reply []byte, err error) ([]byte, error) {
	var status *service.StatusError
	var command *service.CommandError
	switch {
	case errors.As(err, &status) && len(status.Body) > 0:
		return status.Body, nil
	case errors.As(err, &command) && len(reply)+len(command.Stderr) > 0:
		return append(reply, command.Stderr...), nil
	}
	return reply, err
}

// RequestStop sends the service's own stop request.
func (l *Life) RequestStop(ctx context.Context) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, l.session.target.Budgets.Stop)
	defer cancel()
	exchange, err := l.exchange(l.session.target.Stop)
	if err != nil {
		return nil, err
	}
	return told(exchange.do(limited, "", ""))
}

// End asks the life to end with SIGTERM (or what options say), waits for the
// target's stop budget, and kills it then. One that had no processor to end with
// has no exit to judge: the error is Hunger's.
func (l *Life) End(ctx context.Context, options ...harness.StopOption) (*harness.Exit, error) {
	l.asked.Store(true)
	l.lookAtSignals()
	hunger := l.Hunger()
	var busy error
	first := []harness.StopOption{harness.StopGrace(l.session.target.Budgets.Stop), harness.StopBeforeKill(func() {
		busy = hunger.Starved()
		l.Pose(ctx)
	})}
	exit, err := l.Stop(ctx, append(first, options...)...)
	if busy != nil {
		return nil, busy
	}
	if exit == nil && err == nil {
		err = errors.New("stop: no exit was reported")
	}
	return exit, err
}

// Message is one thing to echo.
type Message struct {
	What, Text string
	Pieces     int           // bytes a piece; 0: sent whole
	Cut        int           // pieces, each sent by itself after a pause of 50 ms; 0: as Pieces says
	Within     time.Duration // 0: the session's patience
}

// ErrNoPieces says that the client of this protocol cannot send a request in pieces.
var ErrNoPieces = errors.New("the protocol's client sends requests whole")

// Send echoes one message.
func (l *Life) Send(ctx context.Context, one Message) ([]byte, error) {
	within := one.Within
	if within == 0 {
		within = l.session.Patience()
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	exchange, err := l.exchange(l.session.target.Echo)
	if err != nil {
		return nil, err
	}
	if one.Pieces == 0 && one.Cut == 0 {
		return exchange.do(limited, "{message}", one.Text)
	}
	pieces, ok := exchange.clientFor("{message}", one.Text).(service.Fragmenter)
	if !ok {
		return nil, ErrNoPieces
	}
	payload, err := exchange.payload("{message}", one.Text)
	if err != nil {
		return nil, err
	}
	size := one.Pieces
	if one.Cut > 0 {
		limited, size = service.WithPauses(limited, 50*time.Millisecond), (len(payload)+one.Cut-1)/one.Cut
	}
	began := time.Now()
	reply, err := pieces.DoFragmented(limited, payload, size)
	exchange.note(began, err)
	return reply, err
}

// ReplyText is a reply, or why there is none, for a result.
func ReplyText(reply []byte, err error) string {
	if err != nil {
		return "no reply: " + explain.FirstLine(err)
	}
	return Excerpt(reply)
}

// Excerpt is the begin of a reply, for a result.
func Excerpt(reply []byte) string {
	const most = 200
	if len(reply) <= most {
		return strings.ToValidUTF8(string(reply), "?")
	}
	return strings.ToValidUTF8(string(reply[:most]), "?") + "..."
}

// Announced waits for the line of output that says the service's port, and returns
// the port; "" when ctx or Blender ends before, and where the target file gives no
// pattern for such a line.
func (l *Life) Announced(ctx context.Context) string {
	pattern, err := regexp.Compile(l.session.target.Service.Announce)
	if err != nil {
		return ""
	}
	line, err := l.Log().Wait(ctx, 0, pattern)
	if err != nil || len(line) < 2 {
		return ""
	}
	return line[1]
}
