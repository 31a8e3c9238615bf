package contract

import "testing"

func TestAPythonStringIsASCII(t *testing.T) {
	if got := PyString("a\"\\\n\u20ac\U0001f600"); got != `"a\"\\\U0000000a\U000020ac\U0001f600"` {
		t.Errorf("got %s", got)
	}
}
