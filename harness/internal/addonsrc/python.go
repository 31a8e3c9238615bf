package addonsrc

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Token is one token of Python source.
type Token struct {
	Kind   byte // 'n' name, '0' number, 's' string, 'o' operator
	Text   string
	Line   int
	First  bool // first of its logical line
	Indent int  // of that line
	Bytes  bool // a string with the prefix b
}

// Tokens splits Python source into tokens. Comments and line ends go; a
// string's text is what stands between its quotes, escapes not replaced. Source
// that is not Python gives tokens too, only not useful ones.
func Tokens(source string) Stream {
	l := &lexer{text: source, line: 1, fresh: true}
	for l.next() {
	}
	return l.tokens
}

// Stream is a file's tokens, which may be asked for beyond their end.
type Stream []Token

// At is token i; one of no kind before the beginning and beyond the end.
func (t Stream) At(i int) Token {
	if i < 0 || i >= len(t) {
		return Token{}
	}
	return t[i]
}

// Text is the text of token i.
func (t Stream) Text(i int) string { return t.At(i).Text }

// Is says whether the tokens from i on are these operators and names.
func (t Stream) Is(i int, texts ...string) bool {
	for n, text := range texts {
		if token := t.At(i + n); token.Text != text || token.Kind == 's' {
			return false
		}
	}
	return true
}

type lexer struct {
	text   string
	at     int
	line   int
	depth  int
	fresh  bool // at the beginning of a logical line
	indent int
	tokens []Token
}

// next reads one token or one piece of white space; false at the end.
func (l *lexer) next() bool {
	if l.at >= len(l.text) {
		return false
	}
	switch c := l.text[l.at]; {
	case c == '\n':
		l.at++
		l.line++
		if l.depth == 0 {
			l.fresh, l.indent = true, 0
		}
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		if l.fresh && c == ' ' {
			l.indent++
		} else if l.fresh && c == '\t' {
			l.indent += 8 - l.indent%8
		}
		l.at++
	case c == '#':
		if end := strings.IndexByte(l.text[l.at:], '\n'); end >= 0 {
			l.at += end
		} else {
			l.at = len(l.text)
		}
	case c == '\\' && l.at+1 < len(l.text) && (l.text[l.at+1] == '\n' || l.text[l.at+1] == '\r'):
		l.at += 1 + len(l.text[l.at+1:]) - len(strings.TrimPrefix(strings.TrimPrefix(l.text[l.at+1:], "\r"), "\n"))
		l.line++
	case c == '"' || c == '\'':
		l.quoted(l.at)
	case c >= '0' && c <= '9':
		l.run('0', func(r rune) bool { return r == '.' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) })
	default:
		l.word()
	}
	return true
}

// word reads a name, a string with a prefix, or an operator.
func (l *lexer) word() {
	r, size := utf8.DecodeRuneInString(l.text[l.at:])
	if r != '_' && !unicode.IsLetter(r) {
		switch r {
		case '(', '[', '{':
			l.depth++
		case ')', ']', '}':
			l.depth = max(l.depth-1, 0)
		}
		l.add('o', l.text[l.at:l.at+size])
		l.at += size
		return
	}
	end := l.at
	for end < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[end:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			break
		}
		end += size
	}
	name := l.text[l.at:end]
	if end < len(l.text) && (l.text[end] == '"' || l.text[end] == '\'') && len(name) <= 2 &&
		strings.Trim(strings.ToLower(name), "rbfut") == "" {
		l.quoted(end)
		return
	}
	l.add('n', name)
	l.at = end
}

// quoted reads the string whose quote is at open; its prefix begins at l.at.
func (l *lexer) quoted(open int) {
	raw := strings.ContainsAny(l.text[l.at:open], "rR")
	quote := l.text[open : open+1]
	if strings.HasPrefix(l.text[open:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	start := open + len(quote)
	end := start
	for end < len(l.text) && !strings.HasPrefix(l.text[end:], quote) {
		if l.text[end] == '\n' && len(quote) == 1 {
			break
		}
		if l.text[end] == '\\' && (!raw || end+1 < len(l.text)) {
			end++
		}
		end++
	}
	end = min(end, len(l.text))
	bytes := strings.ContainsAny(l.text[l.at:open], "bB")
	l.add('s', l.text[start:end])
	l.tokens[len(l.tokens)-1].Bytes = bytes
	l.line += strings.Count(l.text[start:end], "\n")
	l.at = end
	if strings.HasPrefix(l.text[end:], quote) {
		l.at += len(quote)
	}
}

func (l *lexer) run(kind byte, in func(rune) bool) {
	end := l.at
	for end < len(l.text) {
		r, size := utf8.DecodeRuneInString(l.text[end:])
		if !in(r) {
			break
		}
		end += size
	}
	l.add(kind, l.text[l.at:end])
	l.at = end
}

func (l *lexer) add(kind byte, text string) {
	l.tokens = append(l.tokens, Token{Kind: kind, Text: text, Line: l.line, First: l.fresh, Indent: l.indent})
	l.fresh = false
}
