package contract

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/service"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Exchange is one request of the target file, filled for one life, and the
// client that sends it.
type Exchange struct {
	Client service.Client
	// text is the request with everything replaced but {message} and {code}.
	text   string
	escape string
	// withPath makes a client for a path that holds the value; nil when the
	// path is always the same.
	withPath func(place, value string) service.Client
	// place and value of what probe puts in.
	place, value string
	// Frame makes a request on the wire; nil where that is the request itself.
	Frame func(request []byte) ([]byte, error)
}

// payload puts a value in its place, escaped for the request.
func (e *Exchange) payload(place, value string) ([]byte, error) {
	if place == "" || !strings.Contains(e.text, place) {
		return []byte(e.text), nil
	}
	if !safe(value) { // 64 MiB of letters need no second copy
		escaped, err := service.Escape(e.escape, value)
		if err != nil {
			return nil, fmt.Errorf("fill the request: %w", err)
		}
		value = escaped
	}
	return []byte(strings.ReplaceAll(e.text, place, value)), nil
}

// safe says whether no kind of escape changes the text.
func safe(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < 'a' || c > 'z') && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

// clientFor is the client for a request that carries the value.
func (e *Exchange) clientFor(place, value string) service.Client {
	if e.withPath != nil && place != "" {
		return e.withPath(place, value)
	}
	return e.Client
}

// do sends the request with a value in its place.
func (e *Exchange) do(ctx context.Context, place, value string) ([]byte, error) {
	payload, err := e.payload(place, value)
	if err != nil {
		return nil, err
	}
	return e.clientFor(place, value).Do(ctx, payload)
}

// Wire is a whole good request as bytes on the connection.
func (e *Exchange) Wire() ([]byte, error) {
	request, err := e.payload(e.place, e.value)
	if err != nil || e.Frame == nil {
		return request, err
	}
	return e.Frame(request)
}

// exchange makes the client for one of the target's requests.
func (l *Life) exchange(of *target.Exchange) (*Exchange, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if made, ok := l.made[of]; ok {
		return made, nil
	}
	if l.addr == "" {
		return nil, errors.New("the service's address is not known: it never became ready")
	}
	made, err := l.newExchange(of, l.addr)
	if err != nil {
		return nil, err
	}
	if l.made == nil {
		l.made = map[*target.Exchange]*Exchange{}
	}
	l.made[of] = made
	return made, nil
}

func (l *Life) newExchange(of *target.Exchange, address string) (*Exchange, error) {
	fill := l.filler(address)
	t := l.session.target
	made := &Exchange{text: fill(of.Request), escape: of.Escape}
	headers := map[string]string{}
	for name, value := range of.Headers {
		headers[name] = fill(value)
	}
	switch t.Service.Protocol {
	case "tcp-json":
		return made, made.tcp(service.TCPJSON(address), t.Service.LengthPrefix)
	case "tcp-raw":
		return made, made.tcp(service.TCPRaw(address), t.Service.LengthPrefix)
	case "tcp-jsonl":
		made.Client = service.TCPJSONL(address)
		made.Frame = func(request []byte) ([]byte, error) { return append(request, '\n'), nil }
	case "http":
		path := fill(of.Path)
		at := func(path string) service.Client {
			return service.HTTP(address, service.HTTPOptions{Method: of.Method, Path: path, Headers: headers})
		}
		made.Client = at(path)
		if strings.Contains(path, "{message}") || strings.Contains(path, "{code}") {
			made.withPath = func(place, value string) service.Client {
				return at(strings.ReplaceAll(path, place, url.QueryEscape(value)))
			}
		}
	case "command":
		made.Client = service.Command(l.command(fill), map[string]string{
			"BGCHECK_ADDRESS": address, "BGCHECK_TOKEN": l.Token(), "BGCHECK_SCRATCH": l.Scratch(),
		}).In(t.Dir)
	default:
		return nil, fmt.Errorf("%w (protocol %q)", service.ErrNoService, t.Service.Protocol)
	}
	return made, nil
}

// tcp sets a client, and its framing.
func (e *Exchange) tcp(client *service.TCP, prefix string) error {
	e.Client = client
	if prefix == "" {
		return nil
	}
	framing, err := service.NewPrefix(prefix)
	if err != nil {
		return err
	}
	e.Client, e.Frame = client.Prefixed(framing), framing.Frame
	return nil
}

// command is the author's client program, which runs in the target file's
// folder; one with a folder in its name lies relative to that.
func (l *Life) command(fill func(string) string) []string {
	t := l.session.target
	argv := make([]string, len(t.Service.Command))
	for i, word := range t.Service.Command {
		argv[i] = fill(word)
	}
	if len(argv) > 0 && strings.ContainsAny(argv[0], `/\`) {
		argv[0] = t.Resolve(argv[0])
	}
	return argv
}

// filler replaces what is known of one life.
func (l *Life) filler(address string) func(string) string {
	_, port, _ := net.SplitHostPort(address)
	replacer := strings.NewReplacer("{port}", port, "{address}", address,
		"{token}", l.Token(), "{scratch}", l.Scratch(), "{target}", l.session.target.Dir)
	return replacer.Replace
}

// Port of the service; 0 when it is not known.
func (l *Life) Port() int {
	_, text, err := net.SplitHostPort(l.addr)
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(text)
	return port
}

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

// ask sends the probe; a whole reply is an answer, whatever it holds.
func (l *Life) AskLong(ctx context.Context) error {
	_, err := l.reply(ctx)
	return err
}

func (l *Life) reply(ctx context.Context) ([]byte, error) {
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

// ping asks within the session's patience.
func (l *Life) Ask(ctx context.Context) error {
	_, err := l.Reply(ctx)
	return err
}

// good is the reply to a good request.
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

func (l *Life) ExecWithin(ctx context.Context, code string) ([]byte, error) {
	exchange, err := l.exchange(l.session.target.Exec)
	if err != nil {
		return nil, err
	}
	return told(exchange.do(ctx, "{code}", code))
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

// stop asks the life to end with SIGTERM (or what options say), waits for the
// target's stop budget, and kills it then.
func (l *Life) End(ctx context.Context, options ...harness.StopOption) (*harness.Exit, error) {
	l.asked.Store(true)
	grace := harness.StopGrace(l.session.target.Budgets.Stop)
	exit, err := l.Stop(ctx, append([]harness.StopOption{grace}, options...)...)
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

// ErrNoPieces: the client of this protocol cannot send a request in pieces.
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
	if one.Cut > 0 {
		paused := service.WithPauses(limited, 50*time.Millisecond)
		return pieces.DoFragmented(paused, payload, (len(payload)+one.Cut-1)/one.Cut)
	}
	return pieces.DoFragmented(limited, payload, one.Pieces)
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
