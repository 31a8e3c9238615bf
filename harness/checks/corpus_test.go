package checks

import (
	"bytes"
	"testing"

	"github.com/bgcheck/bgcheck/harness/service"
)

func TestWhoEndsInTheMiddleOfALineOrAFrameIsOwedNoReply(t *testing.T) {
	t.Parallel()
	good := []byte(`{"message": "hello"}` + "\n")
	framed := func(payload []byte) ([]byte, error) {
		return append([]byte{byte(len(payload) >> 8), byte(len(payload))}, payload...), nil
	}
	for _, one := range corpus("tcp-jsonl", "", good, nil) {
		if one.told && !bytes.HasSuffix(one.wire, []byte("\n")) {
			t.Errorf("JSON lines: %s must be answered, and is no whole line", one.what)
		}
	}
	for _, one := range corpus("tcp-raw", "", good, nil) {
		if one.told {
			t.Errorf("lines of text: %s must be answered, which only the service can know", one.what)
		}
	}
	for _, one := range corpus("tcp-json", "", good, framed) {
		if one.told && (one.what == halfThenEnd || one.what == halfThenReset) {
			t.Errorf("frames: %s must be answered, and is no whole one", one.what)
		}
	}
	for _, one := range corpus("stdio", "", good, nil) {
		if !bytes.HasSuffix(one.wire, []byte("\n")) || one.end != service.EndNone {
			t.Errorf("standard input: %s is no whole line, or ends the wire", one.what)
		}
	}
}
