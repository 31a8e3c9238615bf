package target

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// source is the text of a target file.
type source struct {
	data  []byte
	lines []string
}

// check reports what makes a file unreadable before YAML is looked at, and
// says whether to go on. A byte order mark of UTF-8 is taken off.
func (s *source) check(p *problems) bool {
	if len(s.data) > maxSize {
		p.add(1, 1, "the file is larger than 1 MiB; expected a target file of a few lines")
		return false
	}
	if bytes.HasPrefix(s.data, []byte("\xff\xfe")) || bytes.HasPrefix(s.data, []byte("\xfe\xff")) {
		p.add(1, 1, "the file is UTF-16; expected UTF-8: save it so in your editor")
		return false
	}
	s.data = bytes.TrimPrefix(s.data, []byte("\ufeff"))
	for at := 0; at < len(s.data); {
		r, size := utf8.DecodeRune(s.data[at:])
		if r == utf8.RuneError && size == 1 {
			line, column := s.position(at)
			p.add(line, column, "byte 0x%02x is not UTF-8; expected the file to be saved as UTF-8", s.data[at])
			return false
		}
		// What YAML forbids, too; its parser does not say where.
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r\u0085", r) || r == '\ufffe' || r == '\uffff' {
			line, column := s.position(at)
			p.add(line, column, "control character 0x%02x; expected text", r)
			return false
		}
		at += size
	}
	return s.tabs(p)
}

// tabs reports tabs in indentation: YAML forbids them there, and its parser
// names another place.
func (s *source) tabs(p *problems) bool {
	good := true
	block := -1 // Indentation of the key that a block of text belongs to.
	for i, line := range s.all() {
		depth := indent(line)
		blank := strings.TrimSpace(line) == ""
		if blank {
			continue
		}
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		if block >= 0 && spaces > block {
			continue
		}
		block = -1
		if at := strings.IndexByte(line[:depth], '\t'); at >= 0 && line[depth] != '#' {
			p.add(i+1, at+1, "a tab in the indentation; expected spaces")
			good = false
		}
		if text := strings.TrimRight(line, " \r"); blockText(text) {
			block = spaces
		}
	}
	return good
}

// blockText says whether a line opens a block of text with | or >.
func blockText(line string) bool {
	line = strings.TrimRight(line, "+-0123456789")
	return strings.HasSuffix(line, " |") || strings.HasSuffix(line, " >")
}

func (s *source) all() []string {
	if s.lines == nil {
		s.lines = strings.Split(string(s.data), "\n")
	}
	return s.lines
}

// line n, counted from 1; "" beyond the file.
func (s *source) line(n int) string {
	if lines := s.all(); n >= 1 && n <= len(lines) {
		return strings.TrimSuffix(lines[n-1], "\r")
	}
	return ""
}

// position of a byte.
func (s *source) position(at int) (line, column int) {
	before := s.data[:at]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// clamp moves positions into the file: YAML counts some characters as ends of
// lines that editors do not.
func (s *source) clamp(p *problems) {
	for i := range p.list {
		problem := &p.list[i]
		problem.Line = min(max(problem.Line, 1), len(s.all()))
		width := utf8.RuneCountInString(s.line(problem.Line))
		problem.Column = min(max(problem.Column, 1), width+1)
	}
}
