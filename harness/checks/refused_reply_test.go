package checks

import "testing"

func TestAReplyToGoodCodeThatSaysAnErrorIsTold(t *testing.T) {
	for reply, want := range map[string]string{
		`{"ok": false, "error": "Traceback (most recent call last):\n  File \"a.py\", line 1\nAttributeError: 'NoneType' object has no attribute 'x'\n"}`: "AttributeError: 'NoneType' object has no attribute 'x'",
		`{"status": "error", "message": "no"}`:                       `"status": "error"`,
		`{"ok": false}`:                                              `"ok": false`,
		`{"error": {"type": "KeyError"}}`:                            `"error": {"type":"KeyError"}`,
		`{"ok": true, "error": null, "output": ""}`:                  "",
		`{"ok": true, "errors": [], "output": "ValueError: a word"}`: "",
		`{"status": "success", "result": {"executed": true}}`:        "",
		"OK":            "",
		`{"result": 7}`: "",
	} {
		if got := refusedReply([]byte(reply)); got != want {
			t.Errorf("%s: %q, want %q", reply, got, want)
		}
	}
}

func TestAReplyToCodeThatRaisedMustNotSaySuccess(t *testing.T) {
	for reply, want := range map[string]string{
		`{"ok": true, "output": "Traceback ...: ValueError"}`:                            `"ok": true`,
		`{"status": "success", "result": "ValueError"}`:                                  `"status": "success"`,
		`{"ok": false, "error": "ValueError"}`:                                           "",
		`{"status": "success", "result": {"ok": false, "error": "ValueError"}}`:          "",
		`{"jsonrpc": "2.0", "id": 1, "result": {"returncode": 1, "stderr": "KeyError"}}`: "",
		"ERR ValueError": "",
	} {
		if got := saysSuccess([]byte(reply)); got != want {
			t.Errorf("%s: %q, want %q", reply, got, want)
		}
	}
}
