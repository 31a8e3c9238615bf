package plain

import "testing"

func TestOneLineOfAnyTextIsFitToPrint(t *testing.T) {
	for text, want := range map[string]string{
		"as it is, ä": "as it is, ä", "a\r\n\tb": `a\r\n\tb`, "a\x1b[1mb\u2028c": "a\ufffd[1mb\ufffdc",
		"0123456789ä": "0123456789ä", "0123456789äb": "0123456789ä...",
	} {
		if got := Line(text, 11); got != want {
			t.Errorf("Line(%q) is %q; want %q", text, got, want)
		}
	}
}
