package draft

import (
	"regexp"
	"strings"
)

var (
	portName  = regexp.MustCompile(`(?i)port$|port_|_port`)
	tokenName = regexp.MustCompile(`(?i)token|secret|api_?key|password`)
	hostName  = regexp.MustCompile(`(?i)host|bind|address|listen`)
	quietName = regexp.MustCompile(`^(HOME|PATH|TMPDIR|TEMP|TMP|USER|APPDATA|PYTHON.*|XDG_.*|BLENDER_USER_.*|LANG|DISPLAY)$`)
)

var variableInText = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)*_(PORT|HOST)\b`)

// named adds variables for port and host that the source only names, in a
// text, where it reads the environment in a way that was not understood.
func (d *draft) named() {
	if _, _, reads := anyOf(d.attributes, "environ", "getenv"); !reads {
		return
	}
	for _, what := range []*regexp.Regexp{portName, hostName} {
		known := false
		for _, read := range d.env {
			known = known || what.MatchString(read.name)
		}
		for _, text := range sortedPlaces(d.texts) {
			for _, at := range variableInText.FindAllStringIndex(text, -1) {
				name := text[at[0]:at[1]]
				if at[0] > 0 && strings.ContainsRune(".{", rune(text[at[0]-1])) {
					continue // a constant of the source in an f-string
				}
				if !known && what.MatchString(name) {
					known = true
					d.env = append(d.env, envRead{name: name, place: d.texts[text]})
					d.note("TODO check that %s is read from the environment: it is named at %s", name, d.texts[text])
				}
			}
		}
	}
}

// environment writes the variables that the add-on reads.
func (d *draft) environment() {
	d.named()
	host := ""
	var rest, tokens []envRead
	wrote, port := false, false
	_, unix := d.unixSocket()
	write := func(read envRead, value string) {
		if !wrote {
			d.line("env:")
			wrote = true
		}
		d.line("  # %s: %s, default %s", read.place, read.name, d.fallback(read))
		d.line("  %s: %q", read.name, value)
	}
	for _, read := range d.env {
		switch {
		case unix && !port && socketName.MatchString(read.name) && !quietName.MatchString(read.name):
			write(read, d.ownSocket())
			port, d.told = true, true
			d.note("socket's path by %s (%s)", read.name, read.place)
		case portName.MatchString(read.name) && !port:
			write(read, "{port}")
			port, d.told = true, true
			d.note("port by %s (%s)", read.name, read.place)
		case tokenName.MatchString(read.name):
			tokens = append(tokens, read)
		case hostName.MatchString(read.name) && host == "":
			host = read.name
		case !quietName.MatchString(read.name):
			rest = append(rest, read)
		}
	}
	if header := d.tokenHeader(); header.ok && len(tokens) > 0 {
		write(tokens[0], "{token}")
		tokens = tokens[1:]
	}
	for _, read := range tokens {
		indent := map[bool]string{true: "  "}[wrote]
		d.todo(indent, "%s: the source reads %s; to have it checked with a token write this in env, and {token} in the requests", read.place, read.name)
		if wrote {
			d.line("  # %s: \"{token}\"", read.name)
		} else {
			d.line("# env: {%s: \"{token}\"}", read.name)
		}
	}
	for i, read := range rest {
		if i < 12 {
			d.line("%s# %s: also reads %s, default %s", map[bool]string{true: "  "}[wrote], read.place, read.name, d.fallback(read))
		}
	}
	if wrote || len(rest)+len(tokens) > 0 {
		d.line("")
	}
	if host != "" {
		d.line("# In a container the service must bind more than 127.0.0.1 to be reached.")
		d.line("container: {env: {%s: 0.0.0.0}, listens: any}", host)
		d.line("")
	}
}

func (d *draft) fallback(read envRead) string {
	if read.fallback == "" {
		return "none"
	}
	return comment(scalar(read.fallback))
}

// protocol guesses how the service is spoken to, and says from what.
func (d *draft) protocol() (protocol, why string) {
	if len(d.serving()) == 0 {
		if at, ok := d.stdio(); ok {
			return "stdio", at.String() + ": it reads its standard input"
		}
		return "", "nothing in it listens"
	}
	if at, ok := d.has("socketio", "flask_socketio"); ok {
		return "command", at.String() + ": Socket.IO, which needs a client program of yours"
	}
	if at, ok := d.has("websockets", "websocket_server", "simple_websocket_server"); ok {
		return "websocket", at.String() + ": WebSocket"
	}
	for _, text := range []string{"Sec-WebSocket-Accept", "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"} {
		if at, ok := d.texts[text]; ok {
			return "websocket", at.String() + ": WebSocket"
		}
	}
	if at, ok := d.has("xmlrpc.server"); ok {
		return "http", at.String() + ": XML-RPC"
	}
	if at, ok := d.has("http.server", "flask", "aiohttp.web", "fastapi", "bottle", "wsgiref", "uvicorn", "tornado", "starlette"); ok {
		return "http", at.String() + ": an HTTP server"
	}
	at, isJSON := d.has("json")
	if prefix, where := d.lengthPrefix(); prefix != "" {
		if isJSON {
			return "tcp-json", where.String() + ": JSON (" + at.String() + ") behind its length"
		}
		return "tcp-raw", where.String() + ": messages behind their length"
	}
	if !isJSON {
		return "tcp-raw", "a TCP server, and no JSON"
	}
	if name, line, ok := anyOf(d.calls, "readline", "readuntil"); ok {
		return "tcp-jsonl", line.String() + ": JSON (" + at.String() + ") read by " + name + "()"
	}
	if line, ok := d.attributes["readline"]; ok { // iter(file.readline, b"")
		return "tcp-jsonl", line.String() + ": JSON (" + at.String() + ") read by readline"
	}
	if d.newline.line > 0 {
		return "tcp-jsonl", d.newline.String() + ": JSON parted by line ends"
	}
	return "tcp-json", at.String() + ": JSON over TCP"
}

// tokenHeader is the HTTP header that carries a token.
func (d *draft) tokenHeader() word {
	for _, key := range sortedPlaces(d.keys) {
		if lower := strings.ToLower(key); lower == "authorization" || strings.HasPrefix(lower, "x-") && tokenName.MatchString(key) {
			return word{text: key, at: d.keys[key], ok: true}
		}
	}
	return word{}
}

// structLength are formats of Python's struct that a length is most often
// written in, with what they mean.
var structLength = []struct{ format, prefix string }{
	{">I", "uint32be"}, {"!I", "uint32be"}, {">L", "uint32be"}, {"!L", "uint32be"}, {">i", "uint32be"}, {"!i", "uint32be"},
	{"<I", "uint32le"}, {"<L", "uint32le"}, {"<i", "uint32le"},
	{">Q", "uint64be"}, {"!Q", "uint64be"}, {"<Q", "uint64le"}, {">H", "uint16be"}, {"!H", "uint16be"}, {"<H", "uint16le"},
}

// lengthPrefix guesses in what form messages have their length before them; ""
// when nothing looks like it.
func (d *draft) lengthPrefix() (prefix string, at place) {
	if _, _, ok := anyOf(d.calls, "unpack", "unpack_from", "Struct"); ok {
		for _, known := range structLength {
			if at, ok := d.texts[known.format]; ok {
				return known.prefix, at
			}
		}
	}
	if at, ok := d.calls["from_bytes"]; ok {
		if _, little := d.texts["little"]; little {
			return "uint32le", at
		}
		return "uint32be", at
	}
	return "", place{}
}

// service writes how the service is spoken to.
func (d *draft) service() {
	protocol, why := d.protocol()
	d.line("service:")
	if protocol == "" {
		d.todo("  ", "say how the service is spoken to (%s): tcp-json, tcp-jsonl, tcp-raw, http, websocket, stdio, command or none", why)
		d.line("  protocol: none")
		d.line("")
		return
	}
	d.line("  # %s", comment(why))
	d.line("  protocol: %s", protocol)
	d.note("protocol: %s (%s)", protocol, why)
	if prefix, at := d.lengthPrefix(); prefix != "" && (protocol == "tcp-json" || protocol == "tcp-raw") {
		d.line("  # %s: see that each reply has its length before it, too", at)
		d.line("  length_prefix: %s", prefix)
		d.note("length_prefix: %s (%s)", prefix, at)
	}
	if header := d.tokenHeader(); header.ok && (protocol == "http" || protocol == "websocket") {
		value := "{token}"
		if strings.EqualFold(header.text, "authorization") {
			value = "Bearer {token}"
		}
		d.line("  # %s", header.at)
		d.line("  headers: {%s: %q}", scalar(header.text), value)
		d.note("token in the header %s (%s)", header.text, header.at)
	}
	d.socket()
	if protocol == "command" {
		d.todo("  ", "write a client that sends its standard input and prints the reply")
		d.line(`  command: [python3, "{target}/client.py", "{port}"]`)
	}
	switch {
	case d.told, protocol == "stdio":
	case len(d.ports) > 0:
		port := d.ports[0]
		d.line("  # %s: %s = %s", port.place, port.name, port.value)
		d.todo("  ", "let the port be set, by the environment or an argument: with a fixed one two runs get in each other's way")
		d.line("  port: %s", port.value)
	default:
		d.todo("  ", "say how the service learns its port: no variable and no number called port was found")
	}
	if at, ok := d.texts["0.0.0.0"]; ok {
		d.line("  # %s holds 0.0.0.0. start/loopback-only fails when it is bound by default; where that is meant:", at)
		d.line("  # listens: any")
	}
	d.line("")
}
