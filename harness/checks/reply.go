package checks

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"html"
	"net/url"
	"strings"
)

// holds says whether a reply holds the message where the target file says it
// must. A reply may write the same text in several ways: as it is, with JSON's
// escapes (for ASCII only, as Python does, or not), as XML or form data.
func holds(reply []byte, template, message string) bool {
	if bytes.Contains(reply, []byte(strings.ReplaceAll(template, "{message}", message))) {
		return true
	}
	if template == "{message}" && inJSON(reply, message) {
		return true
	}
	if len(message) > 1<<16 {
		return false // a long message is plain ASCII, which no escape changes
	}
	// XML may write any character in several ways, and mix them.
	if strings.Contains(html.UnescapeString(string(reply)), strings.ReplaceAll(template, "{message}", message)) {
		return true
	}
	for _, written := range spellings(message) {
		if bytes.Contains(reply, []byte(strings.ReplaceAll(template, "{message}", written))) {
			return true
		}
	}
	return false
}

// spellings are the ways in which a text may be written in a reply.
func spellings(text string) []string {
	plain, _ := json.Marshal(text)
	loose := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(unquote(plain))
	var inXML strings.Builder
	_ = xml.EscapeText(&inXML, []byte(text))
	return []string{unquote(plain), loose, asciiJSON(text), inXML.String(), url.QueryEscape(text), url.PathEscape(text)}
}

func unquote(quoted []byte) string { return string(quoted[1 : len(quoted)-1]) }

// asciiJSON writes text as Python's json.dumps does by default.
func asciiJSON(text string) string {
	quoted, _ := json.Marshal(text)
	var out strings.Builder
	for _, r := range unquote(quoted) {
		if r < 0x7f {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16Of(r) {
			const digits = "0123456789abcdef"
			out.WriteString(`\u`)
			for shift := 12; shift >= 0; shift -= 4 {
				out.WriteByte(digits[unit>>shift&0xf])
			}
		}
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(out.String())
}

func utf16Of(r rune) []rune {
	if r < 0x10000 {
		return []rune{r}
	}
	r -= 0x10000
	return []rune{0xd800 + r>>10, 0xdc00 + r&0x3ff}
}

// inJSON says whether the reply is JSON and one of its strings holds the text.
func inJSON(reply []byte, text string) bool {
	var value any
	if json.Unmarshal(reply, &value) != nil {
		return false
	}
	return stringIn(value, func(s string) bool { return strings.Contains(s, text) })
}

// stringIn walks a decoded JSON value.
func stringIn(value any, found func(string) bool) bool {
	switch v := value.(type) {
	case string:
		return found(v)
	case []any:
		for _, item := range v {
			if stringIn(item, found) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if stringIn(item, found) {
				return true
			}
		}
	}
	return false
}

// texts joins all strings of a JSON reply, or returns the reply as it is: what
// a reader would look at for an error message.
func texts(reply []byte) string {
	var value any
	if json.Unmarshal(reply, &value) != nil {
		return string(reply)
	}
	var all strings.Builder
	stringIn(value, func(s string) bool { all.WriteString(s); all.WriteByte('\n'); return false })
	return all.String()
}
