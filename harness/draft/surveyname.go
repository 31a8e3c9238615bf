package draft

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// imported notes `import a.b` and `from a.b import c`.
func (s *survey) imported(t addonsrc.Stream, i int, at place) {
	for {
		name := ""
		for i++; t.At(i).Kind == 'n' && t.Text(i) != "import" && t.Text(i) != "as" || t.Is(i, "."); i++ {
			if t.At(i).First {
				break
			}
			name += t.Text(i)
		}
		remember(s.imports, name, at)
		if t.Is(i, "as") {
			i += 2
		}
		if t.Is(i, "import") && t.At(i+1).Kind == 'n' {
			remember(s.imports, name+"."+t.Text(i+1), at)
		}
		if !t.Is(i, ",") {
			return
		}
	}
}

// key notes a text that is looked up in a mapping: m["code"], m.get("code"),
// "code" in m; and what a request's path is compared with.
func (s *survey) key(t addonsrc.Stream, i int, at place) {
	text := t.Text(i)
	switch {
	case t.Is(i-1, "[") && t.Is(i+1, "]"),
		(t.Is(i-2, "get", "(") || t.Is(i-2, "pop", "(")) && t.Is(i-3, "."),
		t.Is(i+1, "in"):
		remember(s.keys, text, at)
	case t.Is(i-2, "=", "=") && !t.Is(i-3, "name", "=", "="), s.handler(t, i):
		remember(s.words, text, at)
		if _, known := s.valueOf[text]; !known {
			s.valueOf[text] = valueAfter(t, at.file, i+1)
		}
	case t.At(i).Bytes && text == `\n` && t.Is(i-1, "(") && partings[t.Text(i-2)] && s.newline.line == 0:
		s.newline = at
	}
	if strings.HasPrefix(text, "/") && len(text) < 60 && !strings.ContainsAny(text, " {<\\") &&
		(t.Is(i-2, "=", "=") || t.Is(i-2, "route", "(") || t.Is(i-2, "startswith", "(") || t.Is(i-2, "post", "(")) {
		remember(s.routes, text, at)
	}
}

// partings are methods that part bytes at a line end.
var partings = map[string]bool{"split": true, "partition": true, "find": true, "index": true, "endswith": true, "readuntil": true}

// handler says whether a text is a key of a table of handlers: "run": self.run.
func (s *survey) handler(t addonsrc.Stream, i int) bool {
	value := i + 2
	if !t.Is(i+1, ":") {
		return false
	}
	if t.Is(value, "self", ".") {
		value += 2
	}
	name := t.Text(value)
	return t.At(value).Kind == 'n' && (t.Is(value+1, ",") || t.Is(value+1, "}")) && len(t.Text(i)) > 2 && strings.Contains(name, t.Text(i))
}

// name notes calls, attributes, constants and defaults that are called port.
func (s *survey) name(t addonsrc.Stream, i int, at place, constants map[string]string) {
	name := t.Text(i)
	if t.Is(i-1, ".") {
		remember(s.attributes, name, at)
	}
	if t.Is(i+1, "(") {
		remember(s.calls, name, at)
		if startName.MatchString(name) && t.Is(i+3, ")") {
			s.port("an argument of "+name, t.Text(i+2), at) // start_server(9999)
		}
	}
	value := i + 2
	switch {
	case t.Is(i+1, "=") && !t.Is(i+2, "="):
	case t.Is(i+1, ":") && strings.Contains(strings.ToLower(name), "port"):
		// port: int = 9876, port: IntProperty(..., default=9876)
		for value = i + 2; value < i+60 && !t.At(value).First; value++ {
			if t.Is(value, "=") && (t.Is(value-1, "default") || !t.Is(value-1, "name")) && t.At(value+1).Kind == '0' {
				break
			}
		}
		value++
	default:
		return
	}
	got := t.At(value)
	if got.Kind != '0' && got.Kind != 's' || t.At(value+1).Kind == 'n' && !t.At(value+1).First {
		return
	}
	if t.At(i).First {
		constants[name] = got.Text
	}
	if strings.Contains(strings.ToLower(name), "port") {
		s.port(name, got.Text, at)
	}
}

// hostText is an address that a server binds: the number after it is a port.
var hostText = regexp.MustCompile(`^(127\.0\.0\.1|localhost|0\.0\.0\.0|::1?|)$`)

// port notes a number that is used as one.
func (s *survey) port(name, text string, at place) {
	if n, err := strconv.Atoi(text); err == nil && n >= 1024 && n <= 65535 {
		s.ports = append(s.ports, portValue{name, text, at})
	}
}

var envName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// environ notes os.environ.get("NAME", default), os.environ["NAME"], os.getenv.
func (s *survey) environ(t addonsrc.Stream, i int, at place, constants map[string]string) {
	remember(s.attributes, t.Text(i), at)
	name := i + 2
	switch {
	case t.Is(i, "getenv", "("), t.Is(i, "environ", "["):
	case t.Is(i, "environ", ".", "get", "("), t.Is(i, "environ", ".", "setdefault", "("):
		name = i + 4
	default:
		return
	}
	read := envRead{name: t.Text(name), place: at}
	if t.At(name).Kind == 'n' {
		read.name = constants[read.name]
	}
	if t.Is(name+1, ",") {
		fallback := name + 2
		if t.Is(fallback, "str", "(") {
			fallback += 2
		}
		read.fallback = t.Text(fallback)
		if value, ok := constants[read.fallback]; ok && t.At(fallback).Kind == 'n' {
			read.fallback = value
		}
	}
	// An assignment to the variable is no read of it.
	if !envName.MatchString(read.name) || t.Is(i, "environ", "[") && t.Is(name+2, "=") && !t.Is(name+3, "=") {
		return
	}
	for _, known := range s.env {
		if known.name == read.name {
			return
		}
	}
	s.env = append(s.env, read)
}

// maxSignature bounds how many tokens a def's parameters are looked for in.
const maxSignature = 200

// function notes a def at the top level.
func (s *survey) function(f pyFile, t addonsrc.Stream, i int) {
	for end := i + 3; end < len(t) && end < i+maxSignature && !t.Is(end, ")"); end++ {
		if t.At(end).Kind == 'n' {
			remember(s.parameters, t.Text(end), place{f.name, t.At(end).Line})
		}
	}
	token := t.At(i)
	async := t.Is(i-1, "async")
	if async {
		token = t.At(i - 1)
	}
	if !token.First || token.Indent != 0 || !t.Is(i+2, "(") {
		return
	}
	fn := pyFunction{module: f.module, name: t.Text(i + 1), async: async, place: place{f.name, token.Line}}
	depth, parameter, optional := 1, false, false
	end := i + 3
	for ; end < len(t) && end < i+maxSignature && depth > 0; end++ {
		switch text := t.Text(end); {
		case t.At(end).Kind == 'o' && strings.Contains("([{", text):
			depth++
		case t.At(end).Kind == 'o' && strings.Contains(")]}", text):
			depth--
		case depth == 1 && (text == "=" || text == "*" || text == "/"):
			optional = true
		case t.At(end).Kind == 'n':
			parameter = true
		}
		if depth == 0 || depth == 1 && t.Is(end, ",") {
			if parameter && !optional {
				fn.required++
			}
			parameter, optional = false, false
		}
	}
	stop := end
	for stop < len(t) && (!t.At(stop).First || t.At(stop).Indent > 0) {
		stop++
	}
	fn.body = t[end:stop]
	s.functions = append(s.functions, fn)
}

var infoVersion = regexp.MustCompile(`^\d+$`)

// info reads name and blender of bl_info.
func (s *survey) info(t addonsrc.Stream, i int) {
	for end := i + 5*maxSignature; i < len(t) && i < end && !t.At(i+1).First; i++ {
		switch {
		case t.At(i).Kind != 's' || !t.Is(i+1, ":"):
		case t.Text(i) == "name" && t.At(i+2).Kind == 's':
			s.blInfo["name"] = t.Text(i + 2)
		case t.Text(i) == "blender" && t.Is(i+2, "(") && infoVersion.MatchString(t.Text(i+3)) && infoVersion.MatchString(t.Text(i+5)):
			s.blInfo["blender"] = t.Text(i+3) + "." + t.Text(i+5)
		}
	}
}
