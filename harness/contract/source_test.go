package contract

import (
	"testing"

	"github.com/bgcheck/bgcheck/harness/explain"
)

func TestTheGeneralFixSpeaksOfAsyncioToWhoUsesIt(t *testing.T) {
	check := Check{Fix: "with asyncio", FixPlain: "without"}
	for code, want := range map[string]string{"import asyncio": check.Fix, "import socketserver": check.FixPlain} {
		if got := generalFix(check, explain.ReadText("x.py", code+"\nsys.exit(1)\n")); got != want {
			t.Errorf("%s: %s", code, got)
		}
	}
	if got := generalFix(check, nil); got != check.Fix {
		t.Errorf("nothing is known of the code: %s", got)
	}
}
