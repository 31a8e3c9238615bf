package service

import (
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/bgcheck/bgcheck/harness/internal/plain"
)

// Escape writes text so that it can stand in a request of the given kind:
//
//   - "json" or "": the inside of a JSON string, without its quotes
//   - "xml": character data or an attribute's value
//   - "form": a value of application/x-www-form-urlencoded, or of a query
//   - "none": as it is
//
// Text that cannot be written in the kind is an error, never changed: bytes
// that are not UTF-8 (json, xml), and characters XML does not have.
func Escape(kind, text string) (string, error) {
	switch kind {
	case "json", "":
		if !utf8.ValidString(text) {
			return "", fmt.Errorf("escape for json: the text is not UTF-8")
		}
		quoted := plain.JSON(text)
		return quoted[1 : len(quoted)-1], nil
	case "xml":
		if !utf8.ValidString(text) {
			return "", fmt.Errorf("escape for xml: the text is not UTF-8")
		}
		for _, r := range text {
			if !inXML(r) {
				return "", fmt.Errorf("escape for xml: XML has no character %U", r)
			}
		}
		var b strings.Builder
		if err := xml.EscapeText(&b, []byte(text)); err != nil {
			return "", fmt.Errorf("escape for xml: %w", err)
		}
		return b.String(), nil
	case "form":
		return url.QueryEscape(text), nil
	case "none":
		return text, nil
	}
	return "", fmt.Errorf("escape: there is no kind %q; use json, xml, form or none", kind)
}

// inXML is the production Char of XML 1.0.
func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}
