package draft

import (
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// servers are modules that are there to serve: who imports one listens.
var servers = []string{
	"xmlrpc.server", "http.server", "socketserver", "wsgiref", "flask", "fastapi", "bottle", "uvicorn", "starlette", "aiohttp.web",
	"tornado.web", "tornado.httpserver", "tornado.websocket", "websocket_server", "simple_websocket_server",
}

// both are modules that clients have as well, and what servers call of them.
var both = map[string][]string{
	"websockets": {"serve", "unix_serve"},
	"socketio":   {"Server", "AsyncServer"},
	"asyncio":    {"start_server", "start_unix_server", "create_server", "create_unix_server"},
	"socket":     {"bind", "listen", "create_server"},
}

// serving are the files that listen for others, by name.
func (s *survey) serving() map[string]bool {
	found := map[string]bool{}
	for _, f := range s.files {
		if listens(f.tokens) {
			found[f.name] = true
		}
	}
	return found
}

// listens says whether a file opens a port, or a socket that others connect to. A
// bind() alone may be that of a shader or a library.
func listens(t addonsrc.Stream) bool {
	own := newSurvey()
	own.file(pyFile{tokens: t})
	imports := func(module string) bool {
		return slices.ContainsFunc(sortedPlaces(own.imports), func(name string) bool {
			return name == module || strings.HasPrefix(name, module+".")
		})
	}
	if slices.ContainsFunc(servers, imports) {
		return true
	}
	for module, calls := range both {
		if _, _, ok := anyOf(own.calls, calls...); ok && imports(module) {
			return true
		}
	}
	if _, _, ok := anyOf(own.calls, "serve_forever", "TCPServer", "ThreadingTCPServer"); ok {
		return true
	}
	for i := range t {
		if t.Is(i, "bind", "(", "(") { // bind((host, port))
			return true
		}
	}
	return false
}

// opener matches the names by which a function listens, or has a server.
var opener = regexp.MustCompile(`^(bind|listen|serve|unix_serve|serve_forever|(start|create)_(unix_)?server|run_app|uvicorn|\w*Server)$`)

// starting are the names of functions, classes and variables that have to do with
// what listens: the classes and variables of its files, the functions that open
// it, and those that speak of one of these.
func (s *survey) starting() map[string]bool {
	serving, names := s.serving(), map[string]bool{}
	for _, f := range s.files {
		for i, token := range f.tokens {
			switch {
			case !serving[f.name] || !token.First || token.Indent > 0:
			case token.Text == "class":
				names[f.tokens.Text(i+1)] = true
			case f.tokens.Is(i+1, "=") && (f.tokens.Is(i+3, "(") || f.tokens.Is(i+5, "(")): // app = Flask(...), loop = asyncio.new_event_loop()
				names[token.Text] = true
			}
		}
	}
	for more := true; more; {
		more = false
		for _, fn := range s.functions {
			speaks := func(token addonsrc.Token) bool {
				return token.Kind == 'n' && (names[token.Text] || serving[fn.file] && opener.MatchString(token.Text))
			}
			if !names[fn.name] && slices.ContainsFunc(fn.body, speaks) {
				names[fn.name], more = true, true
			}
		}
	}
	return names
}

// runsCode says whether a file that listens runs code that it is sent, as only
// a service for that does.
func (s *survey) runsCode() bool {
	serving := s.serving()
	return slices.ContainsFunc(s.files, func(f pyFile) bool {
		for i := range f.tokens {
			if serving[f.name] && (f.tokens.Is(i, "exec", "(") || f.tokens.Is(i, "eval", "(")) && !f.tokens.Is(i-1, ".") && !f.tokens.Is(i-1, "def") {
				return true
			}
		}
		return false
	})
}
