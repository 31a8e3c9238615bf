package checks

import (
	"testing"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAMessageIsFoundHoweverTheReplyWritesIt(t *testing.T) {
	const message = "a\"b <\u20ac\U0001f600>\n"
	for what, reply := range map[string]string{
		"as it is":           message,
		"JSON, ASCII":        `{"message": "a\"b <\u20ac\ud83d\ude00>\n"}`,
		"JSON, UTF-8":        "{\"message\": \"a\\\"b <\u20ac\U0001f600>\\n\"}",
		"JSON in a line":     `["x", {"y": "a\"b <\u20AC\uD83D\uDE00>\n"}]`,
		"part of other text": `said: a\"b <\u20ac\ud83d\ude00>\n, bye`,
	} {
		if !holds([]byte(reply), "{message}", message) {
			t.Errorf("not found: %s", what)
		}
	}
	if holds([]byte(`{"message": "something else"}`), "{message}", message) {
		t.Error("found where it is not")
	}
	if !holds([]byte(`<r>x &lt;y</r>`), "<r>{message}</r>", "x <y") {
		t.Error("not found as XML")
	}
}

func TestAWordIsMentionedAsAWord(t *testing.T) {
	if mentions([]string{"    import socket"}, "port") {
		t.Error("port was found in import")
	}
	if !mentions([]string{"error: MY_PORT=-1 is no port"}, "-1") {
		t.Error("-1 was not found")
	}
	if !mentions([]string{"[Errno 98] Address already in use"}, "in use") {
		t.Error("in use was not found")
	}
}

func TestALongTextSaysWhereEachPartStands(t *testing.T) {
	text := longText(1 << 16)
	seen := map[string]bool{}
	for i := 0; i+16 <= len(text); i += 16 {
		if seen[text[i:i+16]] {
			t.Fatalf("the part at %d was there before", i)
		}
		seen[text[i:i+16]] = true
	}
	if len(text) != 1<<16 {
		t.Errorf("it has %d bytes", len(text))
	}
}

func TestAReplyThatComplainsIsTold(t *testing.T) {
	for reply, want := range map[string]string{
		"OK \nERR what? (SAY, PY)\n":                      "ERR what? (SAY, PY)",
		`{"status": "failed", "why": "Unknown verb 'x'"}`: "Unknown verb 'x'",
		`{"ok": true, "error": null, "output": ""}`:       "",
		"OK done, no errors":                              "",
	} {
		if got := complaint.FindString(texts([]byte(reply))); got != want {
			t.Errorf("%s: got %q", reply, got)
		}
	}
}

func TestWhatIsEchoedThroughAURLFitsIntoOne(t *testing.T) {
	for path, long := range map[string]bool{"/hello?name={message}": false, "/echo": true} {
		s, err := contract.Open(contract.Config{
			Backend: &fake{}, Out: t.TempDir(),
			Target: &target.Target{Echo: &target.Exchange{Path: path, Escape: "json"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		most := 0
		for _, one := range messages(s) {
			most = max(most, len(one.Text))
		}
		if (most > 2048) != long {
			t.Errorf("%s: messages of up to %d bytes", path, most)
		}
	}
}
