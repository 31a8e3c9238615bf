package contract

import (
	"strings"
	"testing"
)

func TestTheFixOfAServiceThatNeverAnswersFitsItsDiagnosis(t *testing.T) {
	for diagnosis, want := range map[string]string{
		"it listens on 127.0.0.1:80 " + insideOnly:                                "container:",
		"it listens on 127.0.0.1:80, and " + clientProgram + " ends with code 2:": "run the client program by hand",
		"it listens on 127.0.0.1:80 and not on its port: " + portNotRead:          "service: {port: 8765}",
	} {
		if fix := fixUnready(diagnosis); !strings.Contains(fix, want) {
			t.Errorf("%s\nfix: %s", diagnosis, fix)
		}
	}
	if fix := fixUnready("it listens on no port"); fix != "" {
		t.Errorf("the check's own fix is right there, not: %s", fix)
	}
}
