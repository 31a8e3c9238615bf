package service

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// answer is a client without a wire.
type answer func(request map[string]string) (string, error)

func (a answer) Do(_ context.Context, request []byte) ([]byte, error) {
	var body map[string]string
	if err := json.Unmarshal(request, &body); err != nil {
		return nil, err
	}
	reply, err := a(body)
	return []byte(reply), err
}

func always(reply string, err error) EchoExec {
	return EchoExec{Client: answer(func(map[string]string) (string, error) { return reply, err })}
}

func TestPingWantsItsOwnMessageBack(t *testing.T) {
	echo := EchoExec{Token: "t", Client: answer(func(body map[string]string) (string, error) {
		if body["token"] != "t" {
			return `{"ok": false, "error": {"type": "Denied", "message": "no token"}}`, nil
		}
		return `{"ok": true, "message": "` + body["message"] + `"}`, nil
	})}
	if err := echo.Ping(within(t)); err != nil {
		t.Errorf("an echo: %v", err)
	}
	echo.Token = ""
	if err := echo.Ping(within(t)); err == nil || !strings.Contains(err.Error(), "Denied: no token") {
		t.Errorf("refused: %v", err)
	}
	for _, reply := range []string{`{"ok": true, "message": "ping-OTHER"}`, `{}`, `[]`, `{"ok": false}`} {
		if err := always(reply, nil).Ping(within(t)); err == nil {
			t.Errorf("%s: no error", reply)
		}
	}
	var refused *RefusedError
	if err := Ping(within(t), nobody(t)); !errors.As(err, &refused) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestExecReplyIsTyped(t *testing.T) {
	reply, err := always(`{"ok": true, "result": {"a": [1]}, "output": "hi\n"}`, nil).Exec(within(t), "x")
	if err != nil || !reply.OK || string(reply.Result) != `{"a": [1]}` || reply.Output != "hi\n" || reply.Error != nil {
		t.Errorf("%+v, %v", reply, err)
	}
	reply, err = always(`{"ok": false, "error": {"type": "ValueError", "message": "m", "traceback": "T"}}`, nil).Exec(within(t), "x")
	if err != nil || reply.OK || reply.Error == nil || reply.Error.Error() != "ValueError: m\nT" {
		t.Errorf("%+v, %v", reply, err)
	}
	for text, ok := range map[string]bool{`{"message": 5}`: true, `{"error": "plain"}`: false, `{"ok": true, "error": null}`: true} {
		reply, err := always(text, nil).Echo(within(t), "x")
		if err != nil || reply.OK != ok || string(reply.Raw) != text {
			t.Errorf("%s: %+v, %v", text, reply, err)
		}
	}
}

func TestQuitTakesAClosedConnectionForAYes(t *testing.T) {
	for _, err := range []error{nil, &NoReplyError{}, &ResetError{}} {
		if err := always(`{"ok": true}`, err).Quit(within(t)); err != nil {
			t.Error(err)
		}
	}
	for _, err := range []error{&RefusedError{}, &TimeoutError{Err: context.DeadlineExceeded}, &MalformedError{}} {
		if always(`{}`, err).Quit(within(t)) == nil {
			t.Errorf("%T: no error", err)
		}
	}
	if always(`{"ok": false}`, nil).Quit(within(t)) == nil {
		t.Error("refused: no error")
	}
}
