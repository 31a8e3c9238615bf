// Package plain makes text from other people's files fit to be printed, and to be sent.
package plain

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// Line makes one line of text: line ends and tabs become visible, other control
// characters U+FFFD. What is longer than so many characters is cut, with dots.
func Line(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "..."
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return '\ufffd'
		}
		return r
	}, strings.NewReplacer("\r", `\r`, "\n", `\n`, "\t", `\t`).Replace(text))
}

// JSON is text as a JSON string with its quotes; < > & stay as they are.
func JSON(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}
