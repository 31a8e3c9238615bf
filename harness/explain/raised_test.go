package explain

import (
	"testing"
	"time"
)

func TestWhatRefusedARequestIsReadFromItsTraceback(t *testing.T) {
	const head = "Traceback (most recent call last):\n"
	for _, one := range []struct{ situation, told, want string }{
		{"a library raised for the author's line", head + "  File \"/a/serve.py\", line 40, in answer\n    json.loads(data)\n" +
			"  File \"/usr/lib/python3.11/json/__init__.py\", line 346, in loads\nValueError: no", "answer() at serve.py:40 raised ValueError: no"},
		{"the request's own code raised", head + "  File \"/a/serve.py\", line 40, in run\n  File \"<request>\", line 1, in <module>\nValueError: no", ""},
		{"the request's own code is no Python", head + "  File \"/a/serve.py\", line 40, in run\n  File \"<request>\", line 1\n    (\n    ^\nSyntaxError: no",
			"run() at serve.py:40 raised SyntaxError: no"},
		{"nothing was raised", "not complete", ""},
	} {
		got := ""
		if raised, ok := (Facts{}).Refused(time.Time{}, one.told); ok {
			got = raised.String()
		}
		if got != one.want {
			t.Errorf("%s: %q, want %q", one.situation, got, one.want)
		}
	}
}

func TestTheRecorderTellsWhatWasCaughtAndTold(t *testing.T) {
	at := func(seconds float64, kind, message string) Event {
		frame := Frame{"/a/serve.py", 40, "receive"}
		return Event{Event: "raised", Time: seconds, Type: kind, Message: message, File: frame.File, Line: frame.Line, Frames: []Frame{frame}}
	}
	f := Facts{Events: []Event{at(1, "ValueError", "cut in two, long ago"), at(9, "KeyError", "expected and not told"), at(8, "ValueError", "cut in two")}}
	raised, ok := f.Refused(time.Unix(5, 0), `{"error": "cut in two"}`)
	if want := "receive() at serve.py:40 raised ValueError: cut in two"; !ok || raised.String() != want {
		t.Errorf("%v %q, want %q", ok, raised, want)
	}
	if raised, ok := f.Refused(time.Unix(5, 0), "cut in two, long ago"); ok && raised.Text != "ValueError: cut in two" {
		t.Errorf("%q came before the request", raised)
	}
}
