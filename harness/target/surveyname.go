package target

import (
	"regexp"
	"strconv"
	"strings"
)

// pyStream is a file's tokens, which may be asked for beyond their end.
type pyStream []pyToken

func (t pyStream) at(i int) pyToken {
	if i < 0 || i >= len(t) {
		return pyToken{}
	}
	return t[i]
}

func (t pyStream) text(i int) string { return t.at(i).text }

// is says whether the tokens from i on are these operators and names.
func (t pyStream) is(i int, texts ...string) bool {
	for n, text := range texts {
		if token := t.at(i + n); token.text != text || token.kind == 's' {
			return false
		}
	}
	return true
}

// imported notes `import a.b` and `from a.b import c`.
func (s *survey) imported(t pyStream, i int, at place) {
	for {
		name := ""
		for i++; t.at(i).kind == 'n' && t.text(i) != "import" && t.text(i) != "as" || t.is(i, "."); i++ {
			if t.at(i).first {
				break
			}
			name += t.text(i)
		}
		remember(s.imports, name, at)
		if t.is(i, "as") {
			i += 2
		}
		if t.is(i, "import") && t.at(i+1).kind == 'n' {
			remember(s.imports, name+"."+t.text(i+1), at)
		}
		if !t.is(i, ",") {
			return
		}
	}
}

// key notes a text that is looked up in a mapping: m["code"], m.get("code"),
// "code" in m; and what a request's path is compared with.
func (s *survey) key(t pyStream, i int, at place) {
	text := t.text(i)
	switch {
	case t.is(i-1, "[") && t.is(i+1, "]"),
		(t.is(i-2, "get", "(") || t.is(i-2, "pop", "(")) && t.is(i-3, "."),
		t.is(i+1, "in"):
		remember(s.keys, text, at)
	case t.is(i-2, "=", "=") && !t.is(i-3, "name", "=", "="), s.handler(t, i):
		remember(s.words, text, at)
		if _, known := s.valueOf[text]; !known {
			s.valueOf[text] = t.valueAfter(at.file, i+1)
		}
	case t.at(i).bytes && text == `\n` && t.is(i-1, "(") && partings[t.text(i-2)] && s.newline.line == 0:
		s.newline = at
	}
	if strings.HasPrefix(text, "/") && len(text) < 60 && !strings.ContainsAny(text, " {<\\") &&
		(t.is(i-2, "=", "=") || t.is(i-2, "route", "(") || t.is(i-2, "startswith", "(") || t.is(i-2, "post", "(")) {
		remember(s.routes, text, at)
	}
}

// partings are methods that part bytes at a line end.
var partings = map[string]bool{"split": true, "partition": true, "find": true, "index": true, "endswith": true, "readuntil": true}

// handler says whether a text is a key of a table of handlers: "run": self.run.
func (s *survey) handler(t pyStream, i int) bool {
	value := i + 2
	if !t.is(i+1, ":") {
		return false
	}
	if t.is(value, "self", ".") {
		value += 2
	}
	name := t.text(value)
	return t.at(value).kind == 'n' && (t.is(value+1, ",") || t.is(value+1, "}")) && len(t.text(i)) > 2 && strings.Contains(name, t.text(i))
}

// name notes calls, attributes, constants and defaults that are called port.
func (s *survey) name(t pyStream, i int, at place, constants map[string]string) {
	name := t.text(i)
	if t.is(i-1, ".") {
		remember(s.attributes, name, at)
	}
	if t.is(i+1, "(") {
		remember(s.calls, name, at)
		if startName.MatchString(name) && t.is(i+3, ")") {
			s.port("an argument of "+name, t.text(i+2), at) // start_server(9999)
		}
	}
	value := i + 2
	switch {
	case t.is(i+1, "=") && !t.is(i+2, "="):
	case t.is(i+1, ":") && strings.Contains(strings.ToLower(name), "port"):
		// port: int = 9876, port: IntProperty(..., default=9876)
		for value = i + 2; value < i+60 && !t.at(value).first; value++ {
			if t.is(value, "=") && (t.is(value-1, "default") || !t.is(value-1, "name")) && t.at(value+1).kind == '0' {
				break
			}
		}
		value++
	default:
		return
	}
	got := t.at(value)
	if got.kind != '0' && got.kind != 's' || t.at(value+1).kind == 'n' && !t.at(value+1).first {
		return
	}
	if t.at(i).first {
		constants[name] = got.text
	}
	if strings.Contains(strings.ToLower(name), "port") {
		s.port(name, got.text, at)
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

// environ notes os.environ.get("NAME", default), os.environ["NAME"], os.getenv.
func (s *survey) environ(t pyStream, i int, at place, constants map[string]string) {
	remember(s.attributes, t.text(i), at)
	name := i + 2
	switch {
	case t.is(i, "getenv", "("), t.is(i, "environ", "["):
	case t.is(i, "environ", ".", "get", "("), t.is(i, "environ", ".", "setdefault", "("):
		name = i + 4
	default:
		return
	}
	read := envRead{name: t.text(name), place: at}
	if t.at(name).kind == 'n' {
		read.name = constants[read.name]
	}
	if t.is(name+1, ",") {
		fallback := name + 2
		if t.is(fallback, "str", "(") {
			fallback += 2
		}
		read.fallback = t.text(fallback)
		if value, ok := constants[read.fallback]; ok && t.at(fallback).kind == 'n' {
			read.fallback = value
		}
	}
	// An assignment to the variable is no read of it.
	if !variableName.MatchString(read.name) || t.is(i, "environ", "[") && t.is(name+2, "=") && !t.is(name+3, "=") {
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
func (s *survey) function(f pyFile, t pyStream, i int) {
	for end := i + 3; end < len(t) && end < i+maxSignature && !t.is(end, ")"); end++ {
		if t.at(end).kind == 'n' {
			remember(s.parameters, t.text(end), place{f.name, t.at(end).line})
		}
	}
	token := t.at(i)
	async := t.is(i-1, "async")
	if async {
		token = t.at(i - 1)
	}
	if !token.first || token.indent != 0 || !t.is(i+2, "(") {
		return
	}
	fn := pyFunction{module: f.module, name: t.text(i + 1), async: async, place: place{f.name, token.line}}
	depth, parameter, optional := 1, false, false
	end := i + 3
	for ; end < len(t) && end < i+maxSignature && depth > 0; end++ {
		switch text := t.text(end); {
		case t.at(end).kind == 'o' && strings.Contains("([{", text):
			depth++
		case t.at(end).kind == 'o' && strings.Contains(")]}", text):
			depth--
		case depth == 1 && (text == "=" || text == "*" || text == "/"):
			optional = true
		case t.at(end).kind == 'n':
			parameter = true
		}
		if depth == 0 || depth == 1 && t.is(end, ",") {
			if parameter && !optional {
				fn.required++
			}
			parameter, optional = false, false
		}
	}
	stop := end
	for stop < len(t) && (!t.at(stop).first || t.at(stop).indent > 0) {
		stop++
	}
	fn.body = t[end:stop]
	s.functions = append(s.functions, fn)
}

var infoVersion = regexp.MustCompile(`^\d+$`)

// info reads name and blender of bl_info.
func (s *survey) info(t pyStream, i int) {
	for end := i + 5*maxSignature; i < len(t) && i < end && !t.at(i+1).first; i++ {
		switch {
		case t.at(i).kind != 's' || !t.is(i+1, ":"):
		case t.text(i) == "name" && t.at(i+2).kind == 's':
			s.blInfo["name"] = t.text(i + 2)
		case t.text(i) == "blender" && t.is(i+2, "(") && infoVersion.MatchString(t.text(i+3)) && infoVersion.MatchString(t.text(i+5)):
			s.blInfo["blender"] = t.text(i+3) + "." + t.text(i+5)
		}
	}
}

// executed notes the key whose value is handed to exec() or eval(): looked up
// there, or put into the name that is handed over, or handed to the function
// that runs its parameter.
func (s *survey) executed(file string, t pyStream) {
	within := "" // the function that this is in
	for i := range t {
		if t.is(i, "def") {
			within = t.text(i + 1)
		}
		runs := t.is(i, "exec", "(") || t.is(i, "eval", "(")
		if s.execKey.ok || !runs || t.is(i-1, ".") || t.is(i-1, "def") {
			continue
		}
		run := i + 2
		if t.is(run, "compile", "(") {
			run += 2
		}
		if s.execKey = t.lookedUp(file, run, 6); s.execKey.ok || t.at(run).kind != 'n' {
			continue
		}
		for n := range t {
			switch {
			case t.is(n, t.text(run), "=") && !t.is(n+2, "=") && t.at(n).first:
				s.execKey = t.lookedUp(file, n+2, 8)
			case t.is(n, within, "(") && within != "" && !t.is(n-1, "def"):
				s.execKey = t.lookedUp(file, n+2, 8)
			}
			if s.execKey.ok {
				break
			}
		}
	}
}

// valueAfter is the key that is looked up soon behind a word that requests are
// told apart by, before the next such word.
func (t pyStream) valueAfter(file string, begin int) word {
	for i := begin; i < begin+25 && !t.is(i, "=", "="); i++ {
		if key := t.lookedUp(file, i, 1); key.ok {
			return key
		}
	}
	return word{}
}

// lookedUp is the first key that is looked up in an expression of at most so
// many tokens, m["code"] or m.get("code"), and the one that m itself is.
func (t pyStream) lookedUp(file string, begin, most int) word {
	for i := begin; i < begin+most && i < len(t) && (i == begin || !t.at(i).first); i++ {
		if !t.isKey(i) {
			continue
		}
		found := word{text: t.text(i), at: place{file, t.at(i).line}, ok: true, exact: true}
		if t.is(i+1, "]", "[") && t.isKey(i+3) { // m["params"]["code"]
			found.under, found.text = found.text, t.text(i+3)
			return found
		}
		found.under = t.keyOf(t.text(t.base(i)))
		return found
	}
	return word{}
}

// isKey says whether a text is looked up, and not set.
func (t pyStream) isKey(i int) bool {
	return t.at(i).kind == 's' && (t.is(i-1, "[") && t.is(i+1, "]") && (!t.is(i+2, "=") || t.is(i+2, "=", "=")) ||
		t.is(i-2, "get", "(") || t.is(i-2, "pop", "("))
}

// base is where the mapping stands in which the text at i is looked up.
func (t pyStream) base(i int) int {
	if t.is(i-1, "[") {
		return i - 2
	}
	return i - 4 // m . get (
}

// keyOf is the key whose value a name is given: params = m.get("params", {}).
func (t pyStream) keyOf(name string) string {
	for n := range t {
		if name == "" || !t.is(n, name, "=") || t.is(n+2, "=") {
			continue
		}
		for i := n + 2; i < n+10 && !t.at(i).first; i++ {
			if t.isKey(i) && !t.is(t.base(i), name) {
				return t.text(i)
			}
		}
	}
	return ""
}
