package service

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// frame finds the end of a JSON value in a stream, looking at each byte once.
// It only counts brackets and skips strings; whether the value is JSON is
// judged when it is whole.
type frame struct {
	depth   int
	begun   bool // a byte that is not white space has come
	scalar  bool // a bare number, true, false, null: ends at white space or at the end of the stream
	text    bool // inside a string
	escaped bool // behind a backslash
	garbage bool // what came cannot become JSON
}

// feed looks at the next bytes of the stream. end is the number of them that
// belong to the value once it is whole, or -1.
func (f *frame) feed(p []byte) (end int) {
	for i := 0; i < len(p); i++ {
		if f.text && !f.escaped { // the common case, in a tight loop
			for i < len(p) && p[i] != '"' && p[i] != '\\' {
				i++
			}
			if i == len(p) {
				break
			}
		}
		c := p[i]
		switch {
		case f.escaped:
			f.escaped = false
		case f.text && c == '\\':
			f.escaped = true
		case f.text: // the closing quote
			f.text = false
			if f.depth == 0 {
				return i + 1
			}
		case f.scalar:
			if isSpace(c) {
				return i
			}
		case isSpace(c):
		case c == '"':
			f.begun, f.text = true, true
		case c == '{' || c == '[':
			f.begun = true
			f.depth++
		case f.depth == 0: // the first byte, and it opens nothing
			f.begun, f.scalar = true, true
			f.garbage = c != '-' && (c < '0' || c > '9') && c != 't' && c != 'f' && c != 'n'
			if f.garbage {
				return -1
			}
		case c == '}' || c == ']':
			if f.depth--; f.depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}

// checkJSON tells why b is not one whole JSON value, or "".
func checkJSON(b []byte) (reason string) {
	if !json.Valid(b) {
		var value any
		return fmt.Sprintf("not JSON: %v", json.Unmarshal(b, &value))
	}
	if !utf8.Valid(b) {
		return "not UTF-8, which JSON must be"
	}
	return ""
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func onlySpace(b []byte) bool {
	for _, c := range b {
		if !isSpace(c) {
			return false
		}
	}
	return true
}
