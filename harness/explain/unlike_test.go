package explain

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/service"
	"github.com/bgcheck/bgcheck/harness/target"
)

func TestAServiceThatAnswersOtherwiseIsNotToldThatItIsSilent(t *testing.T) {
	raised := []string{"Traceback (most recent call last):", "  File \"a.py\", line 3, in serve", "KeyError: 'id'"}
	for _, one := range []struct {
		situation string
		err       error
		speaks    string
		log       []string
		name      string
		says, fix string
	}{
		{"another protocol was tried and answered", &service.TimeoutError{}, "protocol: tcp-jsonl", nil, "other-protocol",
			"it answers by {protocol: tcp-jsonl}, and the target file says {protocol: tcp-json}", "service: {protocol: tcp-jsonl}"},
		{"a reply that is none", &service.MalformedError{Reason: "not JSON", Reply: []byte("hello")}, "", nil, "silent",
			"it answers, and not as protocol tcp-json has it: not JSON", "service: protocol"},
		{"a status", &service.StatusError{Code: 404, Status: "404 Not Found"}, "", nil, "silent", "it answers with status 404 Not Found", "path: /"},
		{"closed", &service.NoReplyError{}, "", raised, "silent", "closes them without a reply; the log has an uncaught exception: KeyError: 'id'", "without a word"},
		{"reset", &service.ResetError{Err: io.EOF}, "", nil, "silent", "closes them without a reply", "without a word"},
		{"a reply without an end", &service.TimeoutError{Received: 4096}, "", nil, "silent", "does not end it: 4096 bytes", "end it as the protocol says"},
		{"silence", &service.TimeoutError{}, "", nil, "silent", "it accepts connections and never replies", ""},
	} {
		under := &target.Target{Path: "bgcheck.yaml", Budgets: target.Budgets{Ready: time.Second}, Service: target.Service{Protocol: "tcp-json"}}
		_, cause := Unready(Facts{Target: under, Speaks: one.speaks, Log: one.log}, fmt.Errorf("not ready: %w", errors.Join(one.err)))
		if cause.Name != one.name || !strings.Contains(cause.Text, one.says) || !strings.Contains(cause.Fix, one.fix) {
			t.Errorf("%s: %+v", one.situation, cause)
		}
	}
}
