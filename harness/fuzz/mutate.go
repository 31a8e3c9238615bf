package fuzz

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
)

// pieces are what parsers stumble over, by protocol.
var pieces = map[string][]string{
	"json": {"{", "}", "[", "]", "\"", "\\", "\\u0000", "\\ud800", "null", "true", "-", "1e999", "123456789012345678901234567890", "\x00", "\xff", "\xc3",
		"{}", "[[[[[[[[", ",,", ":", "\n", "\r\n", "\ufeff", "{\"message\":", "\"id\":", "NaN", "Infinity", "'", "//", "\u2028"},
	"http": {"\r\n", "\n", "\r", ":", ": ", "Content-Length: 1\r\n", "Content-Length: -1\r\n", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n",
		"X: \x00\r\n", "\xff", " ", "\t", "Content-Type: \r\n", "0\r\n\r\n", "ffffffff\r\n"},
	"length": {"\x00", "\xff\xff\xff\xff", "\x00\x00\x00\x00", "\x7f\xff\xff\xff", "\x80\x00\x00\x00", "\x00\x00\x00\x01"},
}

// mutator makes requests that are almost right. It is not safe for several goroutines.
type mutator struct {
	random *rand.Rand
	// head is left as it is: of HTTP the first line, without which a reply is no HTTP/1.
	head, body []byte
	words      []string
	http       bool
}

func newMutator(seed uint64, protocol string, framed bool, good []byte) *mutator {
	m := &mutator{random: rand.New(rand.NewPCG(seed, 0x6267636865636b)), body: good, words: pieces["json"]}
	if protocol == "http" {
		m.http = true
		if end := bytes.Index(good, []byte("\r\n")); end >= 0 {
			m.head, m.body = good[:end+2], good[end+2:]
		}
		m.words = append(append([]string{}, m.words...), pieces["http"]...)
	}
	if framed {
		m.words = append(append([]string{}, m.words...), pieces["length"]...)
	}
	return m
}

// next is the next request: a good one with one to eight changes.
func (m *mutator) next() []byte {
	body := bytes.Clone(m.body)
	for range 1 + m.random.IntN(8) {
		body = m.change(body)
	}
	if m.http && m.random.IntN(3) > 0 {
		body = measured(body)
	}
	return append(bytes.Clone(m.head), body...)
}

// change makes one change; what it makes has 64 KiB at most.
func (m *mutator) change(b []byte) []byte {
	at := m.random.IntN(len(b) + 1)
	length := min(len(b)-at, 1+m.random.IntN(16))
	switch m.random.IntN(8) {
	case 0: // one bit
		if at < len(b) {
			b[at] ^= 1 << m.random.IntN(8)
		}
	case 1: // another byte
		if at < len(b) {
			b[at] = byte(m.random.IntN(256))
		}
	case 2: // something is missing
		b = append(b[:at:at], b[at+length:]...)
	case 3, 4: // something that parsers stumble over
		word := m.words[m.random.IntN(len(m.words))]
		if m.random.IntN(4) == 0 {
			word = strings.Repeat(word, 1+m.random.IntN(1<<m.random.IntN(11)))
		}
		b = bytes.Join([][]byte{b[:at], []byte(word), b[at:]}, nil)
	case 5: // something twice
		b = bytes.Join([][]byte{b[:at+length], b[at:]}, nil)
	case 6: // the end is missing
		if m.random.IntN(4) == 0 {
			b = b[:at]
		}
	case 7: // the same again
		if m.random.IntN(4) == 0 {
			b = append(b[:len(b):len(b)], m.body...)
		}
	}
	return b[:min(len(b), 64<<10)]
}

// measured says the length of an HTTP body where a header says one.
func measured(b []byte) []byte {
	head, body, found := bytes.Cut(b, []byte("\r\n\r\n"))
	if !found {
		return b
	}
	lines := bytes.Split(head, []byte("\r\n"))
	for i, line := range lines {
		if bytes.HasPrefix(line, []byte("Content-Length:")) {
			lines[i] = fmt.Appendf(nil, "Content-Length: %d", len(body))
		}
	}
	return bytes.Join([][]byte{bytes.Join(lines, []byte("\r\n")), body}, []byte("\r\n\r\n"))
}
