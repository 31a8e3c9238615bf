package fuzz

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/service"
)

// Input is one request on the wire.
type Input struct {
	Wire []byte `json:"wire"`
	// Reset: the connection is torn down behind it, and no reply is read; else the
	// client closes its half.
	Reset bool `json:"reset,omitempty"`
	// Token of the life it was made for, which stands in it; another life has another.
	Token string `json:"token,omitempty"`
}

// outcome is what came back.
type outcome int

const (
	replied outcome = iota
	closed
	reset
	silent    // neither reply nor close in time
	malformed // something that is no reply
	lost      // no connection could be had
)

var outcomeNames = []string{"replies", "clean closes", "resets", "silent", "malformed", "not connected"}

// send sends an input to a life.
func (i Input) send(ctx context.Context, s *contract.Session, life *contract.Life, breaker service.Breaker) (outcome, []byte) {
	limited, cancel := context.WithTimeout(ctx, s.Brief())
	defer cancel()
	wire := i.Wire
	if i.Token != "" && life.Token() != i.Token {
		wire = bytes.ReplaceAll(wire, []byte(i.Token), []byte(life.Token()))
	}
	end := service.EndWrite
	if i.Reset {
		end = service.EndReset
	}
	reply, err := breaker.DoRaw(limited, wire, end)
	var bad *service.MalformedError
	var none *service.NoReplyError
	var torn *service.ResetError
	var late *service.TimeoutError
	switch {
	case err == nil && i.Reset:
		return closed, nil
	case err == nil:
		return replied, reply
	case errors.As(err, &bad):
		if bad.Endless || !begins(s.Target().Service.Protocol, reply) {
			return malformed, reply
		}
		return replied, reply
	case errors.As(err, &none):
		return closed, nil
	case errors.As(err, &torn):
		return reset, nil
	case errors.As(err, &late):
		return silent, reply
	}
	return lost, nil
}

// begins tells whether a reply begins with a whole one: a request that was doubled
// is answered twice.
func begins(protocol string, reply []byte) bool {
	switch protocol {
	case "tcp-json", "tcp-jsonl":
		var value any
		return len(bytes.TrimSpace(reply)) == 0 || json.NewDecoder(bytes.NewReader(reply)).Decode(&value) == nil
	case "http":
		return bytes.HasPrefix(reply, []byte("HTTP/1."))
	}
	return true
}

// broken is what is wrong with a life after some input; "" when nothing is.
func broken(ctx context.Context, life *contract.Life) string {
	if contract.EndsWithin(ctx, life, 100*time.Millisecond) {
		return fmt.Sprintf("the process ended: %v", life.Exit())
	}
	if err := life.Ask(ctx); err != nil && ctx.Err() == nil {
		if contract.EndsWithin(ctx, life, time.Second) {
			return fmt.Sprintf("the process ended: %v", life.Exit())
		}
		return fmt.Sprintf("it lives and does not answer a good request any more: %v", err)
	}
	return ""
}
