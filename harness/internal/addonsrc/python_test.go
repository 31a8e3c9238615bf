package addonsrc

import (
	"strings"
	"testing"
)

func TestPythonIsReadAsPython(t *testing.T) {
	source := "x = '''def no():\n  \"''' # def no():\nif a: \\\n  b(\n1)\nasync def f(a, *, b=1): r'\\'\n"
	var words []string
	for _, token := range Tokens(source) {
		words = append(words, token.Text)
	}
	want := "x = def no():\n  \" if a : b ( 1 ) async def f ( a , * , b = 1 ) : \\'"
	if got := strings.Join(words, " "); got != want {
		t.Errorf("tokens: %q; want %q", got, want)
	}
}
