package draft

import (
	"fmt"
	"regexp"
	"strings"
)

// requests writes what the service is asked.
func (d *draft) requests() {
	protocol, why := d.protocol()
	switch {
	case protocol == "":
	case protocol == "http" && strings.HasSuffix(why, "XML-RPC"):
		d.xmlRPC()
	case protocol != "tcp-raw" && protocol != "command" && d.jsonRPC():
	case protocol == "http":
		d.httpRequests()
	case protocol == "tcp-raw" && callsAny(d.survey, "exec", "eval"):
		_, at, _ := anyOf(d.calls, "exec", "eval")
		d.todo("", "%s runs code; say what is sent to have it run%s", at, d.knownWords())
		if _, where, ok := anyOf(d.calls, "readline", "readuntil"); ok {
			d.line("# %s reads lines: the code's own line ends must be written otherwise; escape: json writes \\n", where)
			d.line("exec: {request: \"{code}\\n\", escape: json}")
		} else {
			d.line("exec: \"{code}\"")
		}
		d.line("")
	case protocol == "tcp-raw" || protocol == "command":
		d.todo("", "say what is sent so that the reply holds {message}")
		d.line("echo: \"{message}\"")
		d.line("")
	default:
		d.jsonRequests()
	}
}

func callsAny(s *survey, names ...string) bool {
	_, _, ok := anyOf(s.calls, names...)
	return ok
}

// word is a key or text that was found in the source.
type word struct {
	text string
	at   place
	ok   bool
	// exact: it was seen where the value is used; under is then the key that it
	// lies under, such as "params", or "".
	exact bool
	under string
}

func (d *draft) keyWord(names ...string) word {
	text, at, ok := anyOf(d.keys, names...)
	return word{text: text, at: at, ok: ok}
}

// parameter is a key, or failing that a parameter of some function: services
// pass the values of a request on by name.
func (d *draft) parameter(names ...string) word {
	if key := d.keyWord(names...); key.ok {
		return key
	}
	text, at, ok := anyOf(d.parameters, names...)
	return word{text: text, at: at, ok: ok}
}

// codeKey is the key of the code: what is handed to exec, or a usual name.
func (d *draft) codeKey(usual func(...string) word) word {
	if d.execKey.text != "" {
		return d.execKey
	}
	return usual(codeKeys...)
}

// kind is a word that requests are told apart by.
func (d *draft) kind(names ...string) word {
	text, at, ok := anyOf(d.words, names...)
	return word{text: text, at: at, ok: ok}
}

func (d *draft) textWord(names ...string) word {
	text, at, ok := anyOf(d.texts, names...)
	return word{text: text, at: at, ok: ok}
}

// codeKeys and so on are words that services use, the commonest first.
var (
	messageKeys = []string{"message", "text", "msg", "echo"}
	codeKeys    = []string{"code", "script", "python", "source", "src", "snippet", "expression", "exec", "eval", "run"}
	typeKeys    = []string{"type", "command", "cmd", "method", "action", "op", "operation", "kind", "verb"}
	paramKeys   = []string{"params", "args", "arguments", "kwargs"}
	execWords   = []string{"execute_code", "exec_code", "execute_python", "run_code", "run_python", "execute", "exec", "eval", "run"}
	pingWords   = []string{"ping", "status", "health", "get_status", "get_scene_info", "version", "info"}
	stopWords   = []string{"quit_blender", "shutdown", "quit", "exit", "stop_server", "stop"}
)

// jsonRequests writes the requests of a JSON service.
func (d *draft) jsonRequests() {
	message, code := d.keyWord(messageKeys...), d.codeKey(d.keyWord)
	if typ := d.keyWord(typeKeys...); typ.ok && !d.simple(message, code) {
		d.typedRequests(typ, d.codeKey(d.parameter))
		return
	}
	if message.ok {
		d.asked("echo", fmt.Sprintf("{%s: \"{message}\"}", scalar(message.text)), message)
	} else {
		d.todo("", "echo: no key such as \"message\" is looked up; write a request whose reply holds {message}, or ready: a request that is answered")
		d.line("")
	}
	d.execRequest(code, func(holder string) string { return fmt.Sprintf("{%s: %q}", scalar(code.text), holder) })
	if quit := d.textWord(stopWords[:1]...); quit.ok && code.ok {
		d.asked("stop", fmt.Sprintf("{%s: quit_blender}", scalar(code.text)), quit)
	}
}

// simple says whether requests are told apart by their keys:
// message and code both are keys.
func (d *draft) simple(message, code word) bool { return message.ok && code.ok }

// typedRequests writes the requests of a service that looks at a "type".
func (d *draft) typedRequests(typ, code word) {
	params := d.keyWord(paramKeys...)
	request := func(kind string, key word, value string) string {
		inner, under := "", params.text
		if key.text != "" {
			inner = fmt.Sprintf("%s: %q", scalar(key.text), value)
		}
		if key.exact {
			under = key.under
		}
		switch {
		case under != "":
			return fmt.Sprintf("{%s: %s, %s: {%s}}", scalar(typ.text), scalar(kind), scalar(under), inner)
		case inner != "":
			return fmt.Sprintf("{%s: %s, %s}", scalar(typ.text), scalar(kind), inner)
		}
		return fmt.Sprintf("{%s: %s}", scalar(typ.text), scalar(kind))
	}
	if echo := d.kind("echo"); echo.ok {
		key := d.parameter(messageKeys[:3]...)
		if value := d.valueOf[echo.text]; value.ok && !key.ok {
			key = value
		}
		if !key.ok {
			key.text = "message"
			d.todo("", "see that %q is the key whose value comes back", key.text)
		}
		d.asked("echo", request("echo", key, "{message}"), echo)
	} else if ping := d.kind(pingWords...); ping.ok {
		d.asked("ready", request(ping.text, word{}, ""), ping)
	} else {
		d.todo("", "echo: a request whose reply holds {message}, or ready: one that is answered; %q tells requests apart%s", typ.text, d.knownWords())
		d.line("")
	}
	if run := d.execWord(code); run.ok && code.ok {
		d.execRequest(code, func(holder string) string { return request(run.text, code, holder) })
	} else {
		d.execRequest(word{}, nil)
	}
	if quit := d.kind(stopWords...); quit.ok {
		d.asked("stop", request(quit.text, word{}, ""), quit)
	}
}

var execLike = regexp.MustCompile(`(?i)exec|eval|^run|python|code|script`)

// execWord is the word of the requests that run code: the one behind which the
// code's key is looked up, a usual one, or one that looks like it.
func (d *draft) execWord(code word) word {
	usual := d.kind(execWords...)
	for _, text := range sortedPlaces(d.words) {
		if key := d.valueOf[text]; code.exact && key.ok && key.text == code.text {
			return word{text: text, at: d.words[text], ok: true}
		}
		if !usual.ok && execLike.MatchString(text) {
			usual = word{text: text, at: d.words[text], ok: true}
		}
	}
	return usual
}

var wordLike = regexp.MustCompile(`^[A-Za-z][\w./-]*$`)

// knownWords lists the words that requests seem to be told apart by.
func (d *draft) knownWords() string {
	var words []string
	for _, text := range sortedPlaces(d.words) {
		if _, module := d.imports[text]; wordLike.MatchString(text) && !module {
			words = append(words, text)
		}
	}
	if len(words) == 0 {
		return ""
	}
	return " (it compares with " + comment(strings.Join(words, ", ")) + ")"
}

// execRequest writes how code is run, when the source runs any.
func (d *draft) execRequest(code word, request func(holder string) string) {
	_, at, runs := anyOf(d.calls, "exec", "eval")
	switch {
	case !runs:
		d.line("# No exec: the source calls neither exec() nor eval(), so the exec checks are skipped.")
		d.line("")
	case !code.ok || request == nil:
		d.todo("", "exec: %s runs code, but no key such as \"code\" is looked up; write the request with {code} in it", at)
		d.line("")
	default:
		d.asked("exec", request("{code}"), code)
	}
}

// asked writes a request.
func (d *draft) asked(key, request string, from word) {
	d.line("# %s: %q", from.at, comment(from.text))
	d.line("%s: {request: %s}", key, request)
	d.line("")
	d.note("%s: %s (%s)", key, request, from.at)
}

// httpRequests writes the requests of an HTTP service from the paths that its
// source compares with.
func (d *draft) httpRequests() {
	path := func(words ...string) (string, place, bool) {
		for _, word := range words {
			for _, route := range sortedPlaces(d.routes) {
				if strings.Contains(route, word) {
					return route, d.routes[route], true
				}
			}
		}
		return "", place{}, false
	}
	found := false
	if route, at, ok := path("health", "ping", "status", "ready", "alive", "info", "version", "hello"); ok {
		d.line("# %s", at)
		d.line("ready: {method: GET, path: %s}", scalar(route))
		d.line("")
		found = true
	}
	message, code := d.keyWord(messageKeys...), d.keyWord(codeKeys...)
	if route, at, ok := path("echo", "message"); ok {
		key := message.text
		if key == "" {
			key = "message"
		}
		d.line("# %s", at)
		d.line("echo: {method: POST, path: %s, request: {%s: \"{message}\"}}", scalar(route), scalar(key))
		d.line("")
		found = true
	}
	if route, at, ok := path("exec", "run", "eval", "code", "script"); ok && code.ok {
		d.line("# %s, key %q at %s", at, comment(code.text), code.at)
		d.line("exec: {method: POST, path: %s, request: {%s: \"{code}\"}}", scalar(route), scalar(code.text))
		d.line("")
		found = true
	} else if _, _, runs := anyOf(d.calls, "exec", "eval"); runs && code.ok {
		d.line("# %s: key %q", code.at, comment(code.text))
		d.line("exec: {method: POST, request: {%s: \"{code}\"}}", scalar(code.text))
		d.line("")
		found = true
	}
	if route, at, ok := path("shutdown", "quit", "stop", "exit"); ok {
		d.line("# %s", at)
		d.line("stop: {method: POST, path: %s}", scalar(route))
		d.line("")
	}
	switch {
	case !found && message.ok:
		d.asked("echo", fmt.Sprintf("{%s: \"{message}\"}", scalar(message.text)), message)
	case !found:
		d.todo("", "name a path that is answered when the service is well")
		d.line("ready: {method: GET, path: /}")
		d.line("")
	}
}
