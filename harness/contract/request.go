package contract

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/service"
	"github.com/bgcheck/bgcheck/harness/target"
)

// exchange is one request of the target file, filled for one life, and the
// client that sends it.
type exchange struct {
	client service.Client
	// text is the request with everything replaced but {message} and {code}.
	text   string
	escape string
	// withPath makes a client for a path that holds the value; nil when the
	// path is always the same.
	withPath func(place, value string) service.Client
	// place and value of what probe puts in.
	place, value string
	// frame makes a request on the wire; nil where that is the request itself.
	frame func(request []byte) ([]byte, error)
}

// payload puts a value in its place, escaped for the request.
func (e *exchange) payload(place, value string) ([]byte, error) {
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
func (e *exchange) clientFor(place, value string) service.Client {
	if e.withPath != nil && place != "" {
		return e.withPath(place, value)
	}
	return e.client
}

// do sends the request with a value in its place.
func (e *exchange) do(ctx context.Context, place, value string) ([]byte, error) {
	payload, err := e.payload(place, value)
	if err != nil {
		return nil, err
	}
	return e.clientFor(place, value).Do(ctx, payload)
}

// wire is a whole good request as bytes on the connection.
func (e *exchange) wire() ([]byte, error) {
	request, err := e.payload(e.place, e.value)
	if err != nil || e.frame == nil {
		return request, err
	}
	return e.frame(request)
}

// exchange makes the client for one of the target's requests.
func (l *Life) exchange(of *target.Exchange) (*exchange, error) {
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
		l.made = map[*target.Exchange]*exchange{}
	}
	l.made[of] = made
	return made, nil
}

func (l *Life) newExchange(of *target.Exchange, address string) (*exchange, error) {
	fill := l.filler(address)
	t := l.session.target
	made := &exchange{text: fill(of.Request), escape: of.Escape}
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
		made.client = service.TCPJSONL(address)
		made.frame = func(request []byte) ([]byte, error) { return append(request, '\n'), nil }
	case "http":
		path := fill(of.Path)
		at := func(path string) service.Client {
			return service.HTTP(address, service.HTTPOptions{Method: of.Method, Path: path, Headers: headers})
		}
		made.client = at(path)
		if strings.Contains(path, "{message}") || strings.Contains(path, "{code}") {
			made.withPath = func(place, value string) service.Client {
				return at(strings.ReplaceAll(path, place, url.QueryEscape(value)))
			}
		}
	case "command":
		made.client = service.Command(l.command(fill), map[string]string{
			"BGCHECK_ADDRESS": address, "BGCHECK_TOKEN": l.Token(), "BGCHECK_SCRATCH": l.Scratch(),
		}).In(t.Dir)
	default:
		return nil, fmt.Errorf("%w (protocol %q)", service.ErrNoService, t.Service.Protocol)
	}
	return made, nil
}

// tcp sets a client, and its framing.
func (e *exchange) tcp(client *service.TCP, prefix string) error {
	e.client = client
	if prefix == "" {
		return nil
	}
	framing, err := service.NewPrefix(prefix)
	if err != nil {
		return err
	}
	e.client, e.frame = client.Prefixed(framing), framing.Frame
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

// port of the service; 0 when it is not known.
func (l *Life) port() int {
	_, text, err := net.SplitHostPort(l.addr)
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(text)
	return port
}

// answers is the readiness probe: it passes when a whole reply comes.
func (l *Life) answers(ctx context.Context, address string) error {
	l.mu.Lock()
	l.addr, l.made = address, nil
	l.mu.Unlock()
	return l.ask(ctx)
}

// probe is the request that shows that the service lives.
func (l *Life) probe() (*exchange, error) {
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
func (l *Life) ask(ctx context.Context) error {
	_, err := l.reply(ctx)
	return err
}

func (l *Life) reply(ctx context.Context) ([]byte, error) {
	probe, err := l.probe()
	if err != nil {
		return nil, err
	}
	if probe.place == "{message}" {
		probe.value = "ping-" + nonce()
	}
	reply, err := probe.do(ctx, probe.place, probe.value)
	if err == nil && len(reply) == 0 {
		err = errors.New("an empty reply")
	}
	return reply, err
}

// ping asks within the session's patience.
func (l *Life) ping(ctx context.Context) error {
	_, err := l.good(ctx)
	return err
}

// good is the reply to a good request.
func (l *Life) good(ctx context.Context) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, l.session.patience())
	defer cancel()
	return l.reply(limited)
}

// exec sends code; an HTTP error status or a failed client program that says
// something is a reply, too.
func (l *Life) exec(ctx context.Context, code string) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, effectBudget+l.session.patience())
	defer cancel()
	return l.execWithin(limited, code)
}

func (l *Life) execWithin(ctx context.Context, code string) ([]byte, error) {
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

// requestStop sends the service's own stop request.
func (l *Life) requestStop(ctx context.Context) ([]byte, error) {
	limited, cancel := context.WithTimeout(ctx, l.session.target.Budgets.Stop)
	defer cancel()
	exchange, err := l.exchange(l.session.target.Stop)
	if err != nil {
		return nil, err
	}
	return told(exchange.do(limited, "", ""))
}

// stop ends the life and notes that it was asked to.
func (l *Life) stop(ctx context.Context, options ...harness.StopOption) (*harness.Exit, error) {
	l.asked = true
	exit, err := l.Stop(ctx, options...)
	if exit == nil && err == nil {
		err = errors.New("stop: no exit was reported")
	}
	return exit, err
}
