package target

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// protocol is the service's, or its default.
func (t *Target) protocol() string {
	if t.Service.Protocol == "" {
		return "tcp-json"
	}
	return t.Service.Protocol
}

// checkService looks at how the service is spoken to.
func (t *Target) checkService(p *problems) {
	s := &t.Service
	if s.Port != "" && s.Port != "reserved" && s.Port != "announced" {
		n, err := strconv.Atoi(s.Port)
		hint := didYouMean(s.Port, []string{"reserved", "announced"})
		switch {
		case err == nil && n == 0:
			hint = `; did you mean "announced"?`
		case s.Port == "{port}":
			hint = `; did you mean "reserved"?`
		}
		if err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != s.Port {
			p.addAt("service.port", "service.port is %q; expected reserved, announced or a number from 1 to 65535%s", short(s.Port), hint)
		}
	}
	if s.Announce != "" || p.given("service.announce") && !p.broken("service.announce") {
		pattern, err := regexp.Compile(s.Announce)
		switch {
		case err != nil:
			p.addAt("service.announce", "service.announce is no regular expression: %s; expected one with a group for the port, as in %s",
				strings.TrimPrefix(err.Error(), "error parsing regexp: "), `'listening on \S+:(\d+)'`)
		case pattern.NumSubexp() != 1:
			p.addAt("service.announce", "service.announce has %d groups; expected one, around the port, as in %s; write (?: ) for others",
				pattern.NumSubexp(), `'listening on \S+:(\d+)'`)
		case s.Port != "announced" && !p.broken("service.port"):
			p.addAt("service.announce", "service.announce is used with port: announced only; expected that beside it")
		}
	}
	t.checkSocket(p)
	t.only(p, "command", len(s.Command) > 0, "service.command")
	if t.Service.Protocol == "command" && len(s.Command) == 0 && !p.given("service.command") {
		p.addAt("service.protocol", "protocol command needs the client program; expected service.command: [program, argument, ...]")
	}
	if protocol := t.protocol(); s.LengthPrefix != "" && protocol != "tcp-json" && protocol != "tcp-raw" && !p.broken("service.protocol") {
		p.addAt("service.length_prefix", "service.length_prefix is used with protocols tcp-json and tcp-raw only, and the protocol is %s; expected one of these, or no such key", protocol)
	}
	t.only(p, "http", s.Method != "", "service.method")
	t.only(p, overHTTP, s.Path != "", "service.path")
	t.only(p, overHTTP, len(s.Headers) > 0, "service.headers")
	t.checkPath(p, "service.path", s.Path)
}

// overHTTP are the protocols that begin as HTTP does.
const overHTTP = "http or websocket"

// only reports a key that belongs to other protocols, parted by " or ".
func (t *Target) only(p *problems, protocols string, used bool, at string) {
	if used && !slices.Contains(strings.Split(protocols, " or "), t.protocol()) && !p.broken("service.protocol") {
		p.addAt(at, "%s is used with protocol %s only, and the protocol is %s; expected service.protocol: %s, or no such key",
			at, protocols, t.protocol(), protocols)
	}
}

func (t *Target) checkPath(p *problems, at, path string) {
	if path != "" && !strings.HasPrefix(path, "/") {
		hint := "/" + path
		if i := strings.Index(path, "://"); i >= 0 {
			hint = "/"
			if _, rest, ok := strings.Cut(path[i+3:], "/"); ok {
				hint += rest
			}
		}
		p.addAt(at, "%s is %q; expected a path that begins with /, without scheme and host; did you mean %q?", at, short(path), short(hint))
	}
}

// checkRequests looks at the requests.
func (t *Target) checkRequests(p *problems) {
	all := t.exchanges()
	switch protocol := t.protocol(); {
	case p.broken("service.protocol"):
		return
	case protocol == "none":
		for _, x := range all {
			p.addAt(x.path, "%s is given, but the protocol is none; expected another protocol, or no requests", x.path)
		}
		return
	case protocol != "tcp-json" && protocol != "tcp-jsonl" && protocol != "stdio" && !t.canProbe():
		if !p.given("ready") && !p.given("echo") && !p.given("exec") && !p.strange[""] {
			p.addAt("service.protocol", "protocol %s has no request that shows that the service lives; expected echo, exec or ready", protocol)
		}
	}
	for _, x := range all {
		t.checkRequest(p, x)
	}
}

func (t *Target) checkRequest(p *problems, x named) {
	t.only(p, "http", x.Method != "", x.path+".method")
	t.only(p, overHTTP, x.Path != "", x.path+".path")
	t.only(p, overHTTP, len(x.Headers) > 0, x.path+".headers")
	t.checkPath(p, x.path+".path", x.Path)
	at := x.path + ".request"
	if p.broken(x.path) || p.broken(at) || p.strange[x.path] {
		return
	}
	must := map[string]string{"echo": "{message}", "exec": "{code}"}[x.path]
	switch {
	case x.Request == "" && t.protocol() != "http":
		p.addAt(at, "%s has no request; expected the text or the mapping to send", x.path)
		return
	case must != "" && !x.contains(must):
		hint := ""
		if x.path == "echo" {
			hint = "; a request that only shows that the service lives is called ready"
		}
		p.addAt(at, "%s sends no %s; expected it in the request%s", x.path, must, hint)
	}
	if protocol := t.protocol(); protocol == "tcp-json" || protocol == "tcp-jsonl" || protocol == "stdio" {
		t.checkJSON(p, at, x)
	}
}

// numberHolder is a placeholder that JSON may hold without quotes.
var numberHolder = strings.NewReplacer("{port}", "1")

// checkJSON looks whether a request will be JSON once its placeholders are replaced.
func (t *Target) checkJSON(p *problems, at string, x named) {
	text := strings.TrimSpace(x.Request)
	if x.Escape == "none" && holder.MatchString(text) && holder.FindString(text) == text {
		return
	}
	if (t.protocol() == "tcp-jsonl" || t.protocol() == "stdio") && strings.ContainsAny(text, "\r\n") {
		p.addAt(at, "%s has several lines; expected JSON in one line, which is a request of protocol %s; a YAML mapping is sent in one line", at, t.protocol())
	}
	var value any
	err := json.Unmarshal([]byte(holder.ReplaceAllString(numberHolder.Replace(text), "x")), &value)
	if err == nil {
		return
	}
	if json.Valid([]byte(holder.ReplaceAllString(text, "0"))) {
		p.addAt(at, "%s has a placeholder outside of quotes; expected quotes around it, as in {\"key\": \"%s\"}", at, holder.FindString(text))
		return
	}
	p.addAt(at, "%s is not JSON (%v); expected a JSON text for protocol %s, or another protocol such as tcp-raw", at, err, t.protocol())
}
