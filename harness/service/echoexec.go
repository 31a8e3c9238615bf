package service

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
)

// EchoExec speaks to an add-on that echoes messages and executes Python, as the
// reference add-on does: {"message": …} is echoed, {"code": …} executed, and
// quit_blender in the code asks for the end.
type EchoExec struct {
	// Client carries the requests: TCPJSON, or TCPJSONL, or an open Conn.
	Client interface {
		Do(ctx context.Context, request []byte) ([]byte, error)
	}
	// Token is sent as "token" unless it is empty.
	Token string
}

// Reply is the reply to one request of EchoExec.
type Reply struct {
	// OK is the field "ok"; where a service has none, it is true unless there
	// is an "error".
	OK bool
	// Message is what was echoed, when it is a string; see Raw otherwise.
	Message string
	// Result of the code, as JSON; nil when the reply has none.
	Result json.RawMessage
	// Output is what the code printed.
	Output string
	// Error tells why OK is false; it may be nil even then.
	Error *Failure
	// Raw is the whole reply.
	Raw []byte
}

// Failure is an error on the service's side.
type Failure struct {
	Type      string `json:"type"`
	Message   string `json:"message"`
	Traceback string `json:"traceback"`
}

// Error is "type: message", and the traceback below it.
func (f *Failure) Error() string {
	text := f.Type + ": " + f.Message
	if f.Traceback != "" {
		text += "\n" + f.Traceback
	}
	return text
}

// NewEchoExec is EchoExec over TCPJSON.
func NewEchoExec(address string) EchoExec { return EchoExec{Client: TCPJSON(address)} }

// Echo sends a message. A reply whose OK is false is not an error of Echo.
func (s EchoExec) Echo(ctx context.Context, message string) (Reply, error) {
	return s.ask(ctx, "message", message)
}

// Exec runs Python. A reply whose OK is false (the code raised) is not an
// error of Exec.
func (s EchoExec) Exec(ctx context.Context, code string) (Reply, error) {
	return s.ask(ctx, "code", code)
}

// Quit asks Blender to end. That the connection closes without a reply is the
// expected end of one that shuts down; that it refuses is an error.
func (s EchoExec) Quit(ctx context.Context) error {
	reply, err := s.ask(ctx, "code", "quit_blender")
	var none *NoReplyError
	var reset *ResetError
	switch {
	case errors.As(err, &none), errors.As(err, &reset):
		return nil
	case err != nil:
		return fmt.Errorf("ask for the end: %w", err)
	case !reply.OK:
		return fmt.Errorf("ask for the end: refused: %w", reply.failure())
	}
	return nil
}

// Ping sends a random message and wants it back: proof that this service, and
// not just a socket, answers now.
func (s EchoExec) Ping(ctx context.Context) error {
	nonce := "ping-" + rand.Text()
	reply, err := s.Echo(ctx, nonce)
	switch {
	case err != nil:
		return fmt.Errorf("ping: %w", err)
	case !reply.OK:
		return fmt.Errorf("ping: refused: %w", reply.failure())
	case reply.Message != nonce:
		return fmt.Errorf("ping: sent %q, the reply is %s", nonce, quote(reply.Raw))
	}
	return nil
}

// Ping is EchoExec.Ping over TCPJSON: a probe for Blender.WaitReady.
func Ping(ctx context.Context, address string) error { return NewEchoExec(address).Ping(ctx) }

func (s EchoExec) ask(ctx context.Context, key, value string) (Reply, error) {
	body := map[string]string{key: value}
	if s.Token != "" {
		body["token"] = s.Token
	}
	request, err := json.Marshal(body)
	if err != nil {
		return Reply{}, fmt.Errorf("write the request: %w", err)
	}
	raw, err := s.Client.Do(ctx, request)
	if err != nil {
		return Reply{Raw: raw}, err
	}
	return parseReply(raw)
}

func parseReply(raw []byte) (Reply, error) {
	var body struct {
		OK                     *bool
		Message, Result, Error json.RawMessage
		Output                 string
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return Reply{Raw: raw}, fmt.Errorf("parse the reply %s: %w", quote(raw), err)
	}
	reply := Reply{Result: body.Result, Output: body.Output, Raw: raw}
	if len(body.Error) > 0 && string(body.Error) != "null" {
		reply.Error = &Failure{}
		if json.Unmarshal(body.Error, reply.Error) != nil {
			*reply.Error = Failure{Type: "error", Message: text(body.Error)}
		}
	}
	reply.OK = reply.Error == nil
	if body.OK != nil {
		reply.OK = *body.OK
	}
	if len(body.Message) > 0 && body.Message[0] == '"' {
		reply.Message = text(body.Message)
	}
	return reply, nil
}

// text is a JSON string's value, or other JSON as it is.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

func (r Reply) failure() error {
	if r.Error != nil {
		return r.Error
	}
	return fmt.Errorf("the reply is %s", quote(r.Raw))
}
