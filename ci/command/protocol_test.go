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

// TestADraftGoesByWhatAnswered: the source looks as if it were HTTP.
func TestADraftGoesByWhatAnswered(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	addon := strings.Replace(file, "bgcheck.yaml", "web.py", 1)
	source := `bl_info = {"name": "Web", "blender": (3, 0, 0)}
import json
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

PORT = int(os.environ["FAKE_PORT"])


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.wfile.write(json.dumps({"message": request["message"]}).encode())


def start():
    HTTPServer(("127.0.0.1", PORT), Handler).serve_forever()


def register():
    pass


def unregister():
    pass
`
	for name, content := range map[string]string{addon: source, file: ""} {
		var err error
		if content == "" {
			err = os.Remove(name)
		} else {
			err = os.WriteFile(name, []byte(content), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	code, said, errout := try(t, "check", addon, "--check", "start/ready")
	for _, want := range []string{"protocol: http (web.py:", "protocol: tcp-json after all: so it answered", "start/ready"} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if code != int(Good) {
		t.Errorf("exit %d: %s%s", code, said, errout)
	}
}
