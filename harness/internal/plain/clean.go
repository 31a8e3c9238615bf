package plain

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// escapes are terminal sequences: CSI, OSC, and two-byte ones.
var escapes = regexp.MustCompile(`\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\^_])`)

// Clean makes text fit for JSON, XML, Markdown and terminals: terminal
// sequences are dropped, invalid UTF-8 becomes U+FFFD, and other control
// characters become visible (\x00). Newlines and tabs stay.
func Clean(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = escapes.ReplaceAllString(text, "")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if strings.IndexFunc(text, Unfit) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case !Unfit(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// Unfit tells characters that XML 1.0 forbids or that a terminal would obey,
// such as those that turn the direction of writing.
func Unfit(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	case 0xFFFE, 0xFFFF:
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}
