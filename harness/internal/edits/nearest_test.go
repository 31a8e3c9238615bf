package edits

import "testing"

func TestHints(t *testing.T) {
	checks := []string{"exec/takes-effect", "exec/slow", "echo/slowly", "stop/sigterm", "stop/sigint", "start/ready", "idle/cpu", "idle/memory", "alive/stays", "alive/scene"}
	for word, want := range map[string]string{
		"exec/take-effect": "did you mean exec/takes-effect?",
		"sigterm":          "did you mean stop/sigterm?",
		"slow":             "did you mean exec/slow?",
		"idle":             "did you mean idle/cpu or idle/memory?",
		"xyzzy":            "`bgcheck list` lists them",
		"":                 "`bgcheck list` lists them",
	} {
		if got := Hint(word, checks); got != want {
			t.Errorf("%q: %s", word, got)
		}
	}
	if got := Hint("q", []string{"one", "two"}); got != "one of: one, two" {
		t.Error(got)
	}
}
