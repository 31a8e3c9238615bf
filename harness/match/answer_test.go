package match

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
)

// client answers by a function.
type client func(ctx context.Context, request string) (string, error)

func (c client) Do(ctx context.Context, request []byte) ([]byte, error) {
	reply, err := c(ctx, string(request))
	return []byte(reply), err
}

func (client) String() string { return "a client" }

func echo(_ context.Context, request string) (string, error) { return request, nil }

func TestAnswerWantsAReply(t *testing.T) {
	b := &fake{lines: []string{"serving"}}
	m := Answer(client(echo), `{"a": 1}`)
	if !judged(t, m, b) {
		t.Error(m.FailureMessage(b))
	}
	wants(t, m.NegatedFailureMessage(b), "not to answer", "a client", `{\"a\": 1}`)
	m = Answer(client(func(context.Context, string) (string, error) { return "", errors.New("hung up") }), "x")
	if judged(t, m, b) || !m.MatchMayChangeInTheFuture(b) {
		t.Error("no reply is a mismatch that may pass")
	}
	wants(t, m.FailureMessage(b), `to answer "x" (a client)`, "no reply: hung up", "still running", "log: serving")
}

func TestAnswerJudgesTheReply(t *testing.T) {
	b := &fake{}
	for _, c := range []struct {
		m    *AnswerMatcher
		want bool
		why  string
	}{
		{Answer(client(echo), `{"a": 1}`).Holding(`"a"`), true, ""},
		{Answer(client(echo), `{"a": 1}`).Holding("b"), false, `does not hold "b"`},
		{Answer(client(echo), `{"a": 1}`).Satisfying(MatchJSON(`{"a":1}`)), true, ""},
		{Answer(client(echo), `{"a": 1}`).Satisfying(MatchJSON(`{"a":2}`)), false, `"a": 2`},
	} {
		if got := judged(t, c.m, b); got != c.want {
			t.Errorf("%+v: %v", c.m, got)
		}
		if !c.want {
			wants(t, c.m.FailureMessage(b), c.why)
		}
	}
	if ok, err := Answer(client(echo), "no JSON").Satisfying(MatchJSON(`{}`)).Match(b); ok || err == nil {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestAnswerOfAnEndedBlenderIsFinalAndNotAskedFor(t *testing.T) {
	asked := false
	m := Answer(client(func(context.Context, string) (string, error) { asked = true; return "", nil }), "x")
	b := &fake{exit: &harness.Exit{Code: 2}}
	if judged(t, m, b) || asked || m.MatchMayChangeInTheFuture(b) {
		t.Error("it has ended")
	}
	wants(t, m.FailureMessage(b), "has ended", "exit code 2")
}

func TestAnswerWaitsOnlyWithin(t *testing.T) {
	m := Answer(client(func(ctx context.Context, _ string) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}), strings.Repeat("x", 500)).Within(time.Millisecond)
	if judged(t, m, &fake{}) {
		t.Error("no reply came")
	}
	wants(t, m.FailureMessage(nil), "deadline exceeded", "(500 bytes)")
}

func TestAnswerRefuses(t *testing.T) {
	refuses(t, "Answer", Answer(client(echo), "x"), &harness.Exit{}, "127.0.0.1:1")
}

func TestEventuallyAsksUntilAnAnswerComes(t *testing.T) {
	asked := 0
	late := client(func(context.Context, string) (string, error) {
		if asked++; asked < 3 {
			return "", errors.New("not yet")
		}
		return "ok", nil
	})
	NewWithT(t).Eventually(&fake{}).WithTimeout(time.Hour).WithPolling(time.Millisecond).Should(Answer(late, "x"))
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}
