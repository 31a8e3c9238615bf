package command

import (
	"os"
	"strings"
	"testing"
)

// TestAServiceOfAnotherProtocolIsToldWhich: one JSON object a connection is what the
// fake speaks; what the target file says of it is wrong.
func TestAServiceOfAnotherProtocolIsToldWhich(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "budgets: {", "service: {protocol: http}\nbudgets: {ready: 2s, ", 1)
	if err := os.WriteFile(file, []byte(wrong), 0o644); err != nil { //nolint:gosec // as any source
		t.Fatal(err)
	}
	code, said, errout := try(t, "check", file, "--check", "start/ready")
	said = strings.Join(strings.Fields(said), " ")
	if code != int(NotGood) || !strings.Contains(said, "it answers by {protocol: tcp-json}, and the target file says {protocol: http}") ||
		!strings.Contains(said, "service: {protocol: tcp-json}") {
		t.Errorf("exit %d: %s%s", code, said, errout)
	}
}
