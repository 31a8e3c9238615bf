package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/service"
)

// broken is one broken request.
type broken struct {
	what string
	wire []byte
	end  service.Ending
	// told: the client can expect to be told what is wrong. Not so where
	// nothing was sent, where nobody listens any more, or where the service may
	// close before it has read everything, which can lose its reply.
	told bool
}

// corpus is what a service of the target's protocol is sent; path is one of HTTP,
// good a whole good request on the wire, frame what parts messages, or nil. Each
// ends with the client's half of the connection closed, so that a service which
// waits for more knows that no more will come.
func corpus(protocol, path string, good []byte, frame func([]byte) ([]byte, error)) []broken {
	switch protocol {
	case "http":
		return httpRequests(path)
	case "command":
		return strangers()
	}
	requests := brokenRequests(good[:len(good)/2])
	if frame != nil && protocol != "tcp-jsonl" {
		requests = framed(requests, frame)
	}
	if protocol == "tcp-raw" {
		for i := range requests {
			requests[i].told = false // a raw service may echo whatever comes
		}
	}
	return requests
}

// brokenRequests are broken as JSON, or cut.
func brokenRequests(half []byte) []broken {
	return []broken{
		{"an empty request", nil, service.EndWrite, false},
		{"not JSON", []byte("hello, this is not JSON\n"), service.EndWrite, true},
		{"bytes that are not UTF-8", []byte("{\"message\": \"\xff\xfe\xc3\x28\"}\n"), service.EndWrite, true},
		{"NUL bytes", make([]byte, 64), service.EndWrite, true},
		{halfThenEnd, half, service.EndWrite, true},
		{halfThenReset, half, service.EndReset, false},
		{"a list", []byte("[1, 2, 3]\n"), service.EndWrite, true},
		{"a number", []byte("42\n"), service.EndWrite, true},
		{"null", []byte("null\n"), service.EndWrite, true},
		{"unknown keys", []byte("{\"bgcheck\": {\"unknown\": [null]}}\n"), service.EndWrite, false},
		{"JSON nested 100,000 deep", append([]byte(strings.Repeat("[", 100_000)), '\n'), service.EndWrite, false},
		{"1 MiB of junk", append([]byte(strings.Repeat("x", oneMiB)), '\n'), service.EndWrite, false},
	}
}

const (
	halfThenEnd   = "half a request, then the end"
	halfThenReset = "half a request, then a reset"
)

// framed puts each whole request into a frame that is right, so that it is
// read, and adds frames that are broken. Who ends in the middle of one cannot
// expect to be told.
func framed(requests []broken, frame func([]byte) ([]byte, error)) []broken {
	out := []broken{
		{"a request without its length", []byte("{\"message\": \"no length\"}\n"), service.EndWrite, false},
		{"a request of length 0", nil, service.EndWrite, false},
		{"the greatest length, then the end", bytes.Repeat([]byte{0xff}, 8), service.EndWrite, false},
	}
	if empty, err := frame(nil); err == nil {
		out[1].wire = empty
	}
	for _, one := range requests {
		switch {
		case one.what == halfThenEnd || one.what == halfThenReset:
			one.told = false
		case len(one.wire) > 0:
			wire, err := frame(one.wire)
			if err != nil {
				continue // longer than a length can say
			}
			one.wire = wire
		}
		out = append(out, one)
	}
	return out
}

// strangers are what else connects to a port, whatever its protocol is.
func strangers() []broken {
	return []broken{
		{"a connection that ends at once", nil, service.EndWrite, false},
		{"a connection that is reset at once", nil, service.EndReset, false},
		{"a browser's request", []byte("GET / HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, false},
		{"a line of text", []byte("hello\n"), service.EndWrite, false},
		{"bytes that are not UTF-8", []byte("\xff\xfe\xc3\x28\n"), service.EndWrite, false},
		{"NUL bytes", make([]byte, 64), service.EndWrite, false},
		{"64 bytes, then a reset", bytes.Repeat([]byte("x"), 64), service.EndReset, false},
		{"1 MiB of junk", append([]byte(strings.Repeat("x", oneMiB)), '\n'), service.EndWrite, false},
	}
}

// httpRequests are broken on the level of HTTP.
func httpRequests(path string) []broken {
	post := func(body string, length int) []byte {
		return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", path, length, body)
	}
	return []broken{
		{"an empty request", nil, service.EndWrite, false},
		{"not HTTP", []byte("hello, this is not HTTP\r\n\r\n"), service.EndWrite, true},
		{"a request line of bytes that are not UTF-8", []byte("GET /\xff\xfe HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, false},
		{"NUL bytes", make([]byte, 64), service.EndWrite, false},
		{"half a header, then the end", []byte("POST / HTTP/1.1\r\nHost: bgch"), service.EndWrite, false},
		{"half a body, then a reset", post("{\"mess", 64), service.EndReset, false},
		{"half a body, then the end", post("{\"mess", 64), service.EndWrite, false},
		{"a body that is not JSON", post("hello", 5), service.EndWrite, true},
		{"a negative length", post("{}", -5), service.EndWrite, false},
		{"an unknown method", []byte("BGCHECK / HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, true},
		{"an unknown path", []byte("GET /bgcheck/no/such/path HTTP/1.1\r\nHost: bgcheck\r\nConnection: close\r\n\r\n"), service.EndWrite, true},
		{"a header of 1 MiB", []byte("GET / HTTP/1.1\r\nX-Junk: " + strings.Repeat("x", oneMiB) + "\r\n\r\n"), service.EndWrite, false},
	}
}

// aliveBadInput sends each broken request and asks for an echo after each.
func aliveBadInput(ctx context.Context, s *Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	if s.usual > s.target.Budgets.Latency {
		return Skipped(fmt.Sprintf("each request takes %s, over the budget: see idle/responsive", short(s.usual)))
	}
	good, err := life.probe()
	if err != nil {
		return FromError(err)
	}
	path := "/"
	if of, _, _, _ := s.target.Probe(); of.Path != "" && !strings.Contains(of.Path, "{") {
		path = of.Path
	}
	protocol := s.target.Service.Protocol
	breaker, ok := good.client.(service.Breaker)
	if !ok { // a client program: what others send to its service needs no protocol
		breaker = service.TCPRaw(life.addr)
	}
	wire, err := good.wire()
	if err != nil {
		return FromError(err)
	}
	success, err := s.successOf(ctx, life)
	if err != nil {
		return FromError(err)
	}
	var untold, notes []string
	for _, one := range corpus(protocol, path, wire, good.frame) {
		limited, cancel := context.WithTimeout(ctx, s.brief())
		reply, err := breaker.DoRaw(limited, one.wire, one.end)
		hung := errors.Is(limited.Err(), context.DeadlineExceeded)
		cancel()
		if ctx.Err() != nil {
			return FromError(ctx.Err())
		}
		notes = append(notes, fmt.Sprintf("%s: %s", one.what, replyText(reply, err)))
		if result, bad := s.stillGood(ctx, life, one, notes); bad {
			return result
		}
		switch {
		case protocol != "command" && hung && one.end != service.EndReset && len(reply) == 0:
			untold = append(untold, fmt.Sprintf("%s: neither answered nor closed within %s", one.what, short(s.brief())))
		case one.told && len(reply) == 0:
			untold = append(untold, one.what+": closed without a reply")
		case one.told && success.is(reply):
			untold = append(untold, one.what+": answered as if it were right")
		}
	}
	endsWithin(ctx, life, settling) // an end takes a moment to come
	if result, bad := s.stillGood(ctx, life, broken{what: "the last one, or one before"}, notes); bad {
		return result
	}
	if len(untold) > 0 {
		return Failed("it lives and answers after every broken request, and does not say what is wrong with: "+strings.Join(untold, "; "),
			"a request that cannot be read is dropped, or taken for another, and its client waits or is misled", notes...)
	}
	if protocol == "command" {
		return Passed(fmt.Sprintf("it answered after each of %d connections of strangers; requests broken in its own protocol were not sent", len(notes)), notes...)
	}
	return Passed(fmt.Sprintf("it answered after each of %d broken requests, and said what was wrong", len(notes)), notes...)
}

// stillGood asks for an echo after a broken request.
func (s *Session) stillGood(ctx context.Context, life *Life, one broken, notes []string) (report.Result, bool) {
	err := life.ping(ctx)
	switch {
	case err == nil && life.alive():
		return report.Result{}, false
	case ctx.Err() != nil:
		return FromError(ctx.Err()), true
	case s.ended(ctx, life):
		ended, why := s.whyEnded(ctx, life)
		diagnosis := "an error in one request ends the service for everyone"
		if trace := traceback(life.Log().Tail(200)); trace != "" {
			diagnosis += ": " + trace
		} else if why != "" {
			diagnosis += ": " + why
		}
		return Failed(fmt.Sprintf("after a broken request (%s) the process ended: %s", one.what, ended), diagnosis, notes...), true
	}
	return Failed(fmt.Sprintf("after a broken request (%s) it lives and does not answer: %s", one.what, firstLine(err)),
		"an error in one request ends the loop or the handler that serves the others", notes...), true
}

// success is what the replies to good requests have in common.
type success struct {
	keys  map[string]bool
	marks map[string]any
}

// successOf learns it from two good requests. A service without an echo, or
// whose replies are no JSON objects, teaches nothing.
func (s *Session) successOf(ctx context.Context, life *Life) (success, error) {
	var seen [2]map[string]any
	for i := range seen {
		reply, err := life.good(ctx)
		if err != nil {
			return success{}, err
		}
		if json.Unmarshal(reply, &seen[i]) != nil {
			return success{}, nil
		}
	}
	learned := success{keys: map[string]bool{}, marks: map[string]any{}}
	for key, value := range seen[0] {
		learned.keys[key] = true
		switch value.(type) {
		case string, bool, float64:
			if seen[1][key] == value {
				learned.marks[key] = value
			}
		}
	}
	return learned, nil
}

// is says whether a reply to a broken request looks like one to a good one:
// the same keys, and the same values where those are always the same.
func (k success) is(reply []byte) bool {
	var value map[string]any
	if len(k.marks) == 0 || json.Unmarshal(reply, &value) != nil || len(value) != len(k.keys) {
		return false
	}
	for key := range k.keys {
		if _, ok := value[key]; !ok {
			return false
		}
	}
	for key, mark := range k.marks {
		if value[key] != mark {
			return false
		}
	}
	return true
}
