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
	// note is told of each request that was sent; never nil.
	note func(began time.Time, err error)
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
	began := time.Now()
	reply, err := e.clientFor(place, value).Do(ctx, payload)
	e.note(began, err)
	return reply, err
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
	l.hungry()
	if made, ok := l.made[of]; ok {
		return made, nil
	}
	if l.addr == "" {
		return nil, errors.New("the service's address is not known: it never became ready")
	}
	made, err := l.newExchange(of, &l.session.target.Service, l.addr, l.Token())
	if err != nil {
		return nil, err
	}
	if l.made == nil {
		l.made = map[*target.Exchange]*Exchange{}
	}
	l.made[of] = made
	return made, nil
}

// newExchange makes one for a service that is spoken to in a way, at an address.
func (l *Life) newExchange(of *target.Exchange, by *target.Service, address, token string) (*Exchange, error) {
	fill := l.filler(address, token)
	t := l.session.target
	var dial func(context.Context) (net.Conn, error)
	through := func(client *service.TCP) *service.TCP { return client }
	if socket := l.Socket(); socket != "" {
		dial = func(ctx context.Context) (net.Conn, error) { return l.DialUnix(ctx, socket) }
		through = func(client *service.TCP) *service.TCP { return client.Through(socket, dial) }
	}
	made := &Exchange{text: fill(of.Request), escape: of.Escape}
	kind := t.RequestName(of)
	made.note = func(began time.Time, err error) {
		if err == nil {
			l.answered.Add(1)
		}
		l.course.asked(kind, began, err)
	}
	headers := map[string]string{}
	for name, value := range of.Headers {
		headers[name] = fill(value)
	}
	switch by.Protocol {
	case "tcp-json":
		return made, made.tcp(through(service.TCPJSON(address)), by.LengthPrefix)
	case "tcp-raw":
		return made, made.tcp(through(service.TCPRaw(address)), by.LengthPrefix)
	case "tcp-jsonl":
		lines := service.TCPJSONL(address)
		lines.TCP = through(lines.TCP)
		made.Client = lines
		made.Frame = func(request []byte) ([]byte, error) { return append(request, '\n'), nil }
	case "http":
		path := fill(of.Path)
		at := func(path string) service.Client {
			return service.HTTP(address, service.HTTPOptions{Method: of.Method, Path: path, Headers: headers, Dial: dial})
		}
		made.at(path, at)
	case "websocket":
		made.Frame = service.TextFrame
		made.at(fill(of.Path), func(path string) service.Client {
			return service.WebSocket(address, service.WebSocketOptions{Path: path, Headers: headers, Dial: dial})
		})
	case "stdio":
		if l.wire == nil {
			return nil, errors.New("speak over standard input and output: this life was not started so")
		}
		made.Client = l.wire
		made.Frame = func(request []byte) ([]byte, error) { return append(request, '\n'), nil }
	case "command":
		made.Client = service.Command(l.command(fill), map[string]string{
			"BGCHECK_ADDRESS": address, "BGCHECK_TOKEN": token, "BGCHECK_SCRATCH": l.Scratch(),
		}).In(t.Dir)
	default:
		return nil, fmt.Errorf("%w (protocol %q)", service.ErrNoService, by.Protocol)
	}
	return made, nil
}

// at sets the client for a path, which may hold the value.
func (e *Exchange) at(path string, client func(path string) service.Client) {
	e.Client = client(path)
	if strings.Contains(path, "{message}") || strings.Contains(path, "{code}") {
		e.withPath = func(place, value string) service.Client {
			return client(strings.ReplaceAll(path, place, url.QueryEscape(value)))
		}
	}
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
func (l *Life) filler(address, token string) func(string) string {
	_, port, _ := net.SplitHostPort(address)
	replacer := strings.NewReplacer("{port}", port, "{address}", address,
		"{token}", token, "{scratch}", l.Scratch(), "{target}", l.session.target.Dir)
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
