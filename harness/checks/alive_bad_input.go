package checks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/service"
)

var aliveBadInput = contract.Check{
	Name: "alive/bad-input",
	True: "after each of a corpus of broken requests it still answers, and each that can be told got a clear error",
	Why:  "Sooner or later something else connects: a port scanner, a browser, an older client. One bad request must not end the service for all.",
	How: "Not JSON, bytes that are not UTF-8, NUL bytes, half a request, a reset in its middle, wrong types, deep nesting, 1 MiB of junk: " +
		"each on a connection of its own, and after each a good request must be answered. Where a client program speaks to the service, " +
		"it gets what strangers send: a browser's request, junk, resets.",
	Fix: "Catch what a request can cause where the request is handled, and answer:\n" +
		"    try:\n" +
		"        request = json.loads(data.decode(\"utf-8\"))\n" +
		"        if not isinstance(request, dict):\n" +
		"            raise ValueError(\"the request is not a JSON object\")\n" +
		"        reply = handle(request)\n" +
		"    except (ValueError, RecursionError) as error:\n" +
		"        reply = {\"ok\": False, \"error\": {\"type\": type(error).__name__, \"message\": str(error)}}",
	Needs: []contract.Need{contract.NeedService},
	Run:   judgeBadInput,
}

// judgeBadInput sends each broken request and asks for an echo after each.
func judgeBadInput(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	if result, slow := tooSlow(ctx, s, life); slow {
		return result
	}
	good, err := life.Probe()
	if err != nil {
		return contract.FromError(err)
	}
	path := "/"
	if of, _, _, _ := s.Target().Probe(); of.Path != "" && !strings.Contains(of.Path, "{") {
		path = of.Path
	}
	protocol := s.Target().Service.Protocol
	var bare service.Breaker = strange(life)
	breaker, ok := good.Client.(service.Breaker)
	if !ok { // a client program: what others send to its service needs no protocol
		if life.Socket() == "" && !s.Target().HasPort() {
			return contract.Skipped("the target has no port that strangers could connect to; what its client program speaks over is not known")
		}
		breaker = bare
	}
	wire, err := good.Wire()
	if err != nil {
		return contract.FromError(err)
	}
	success, err := successOf(ctx, s, life)
	if err != nil {
		return contract.FromError(err)
	}
	var untold, notes []string
	requests := corpus(protocol, path, wire, good.Frame)
	known := len(requests)
	if protocol == "websocket" {
		requests = append(requests, handshakes(path)...)
	}
	for i, one := range requests {
		limited, cancel := context.WithTimeout(ctx, s.Brief())
		sends := breaker
		if i >= known {
			sends = bare
		}
		reply, err := sends.DoRaw(limited, one.wire, one.end)
		hung := errors.Is(limited.Err(), context.DeadlineExceeded)
		cancel()
		if ctx.Err() != nil {
			return contract.FromError(ctx.Err())
		}
		notes = append(notes, fmt.Sprintf("%s: %s", one.what, contract.ReplyText(reply, err)))
		if result, bad := stillGood(ctx, s, life, one, notes); bad {
			return result
		}
		switch {
		case protocol != "command" && protocol != "stdio" && hung && one.end != service.EndReset && len(reply) == 0:
			untold = append(untold, fmt.Sprintf("%s: neither answered nor closed within %s", one.what, explain.Short(s.Brief())))
		case one.told && len(reply) == 0:
			untold = append(untold, one.what+map[bool]string{true: ": no reply", false: ": closed without a reply"}[protocol == "stdio"])
		case one.told && success.is(reply):
			untold = append(untold, one.what+": answered as if it were right")
		}
	}
	contract.EndsWithin(ctx, life, contract.Settling) // an end takes a moment to come
	if result, bad := stillGood(ctx, s, life, broken{what: "the last one, or one before"}, notes); bad {
		return result
	}
	if len(untold) > 0 {
		return contract.Failed("it lives and answers after every broken request, and does not say what is wrong with: "+strings.Join(untold, "; "),
			"a request that cannot be read is dropped, or taken for another, and its client waits or is misled", notes...)
	}
	if protocol == "command" {
		return contract.Passed(fmt.Sprintf("it answered after each of %d connections of strangers; requests broken in its own protocol were not sent", len(notes)), notes...)
	}
	return contract.Passed(fmt.Sprintf("it answered after each of %d broken requests, and said what was wrong", len(notes)), notes...)
}

// strange is what connects to a life's service without knowing its protocol.
func strange(life *contract.Life) *service.TCP {
	raw := service.TCPRaw(life.Addr())
	if socket := life.Socket(); socket != "" {
		raw.Through(socket, func(ctx context.Context) (net.Conn, error) { return life.DialUnix(ctx, socket) })
	}
	return raw
}

// stillGood asks for an echo after a broken request.
func stillGood(ctx context.Context, s *contract.Session, life *contract.Life, one broken, notes []string) (report.Result, bool) {
	err := life.Ask(ctx)
	switch {
	case err == nil && life.Alive():
		return report.Result{}, false
	case ctx.Err() != nil:
		return contract.FromError(ctx.Err()), true
	case s.Ended(ctx, life):
		result := life.Died(ctx, fmt.Sprintf("after a broken request (%s) the process ended", one.what), notes...)
		result.Diagnosis = "an error in one request ends the service for everyone" + orNot(": ", result.Diagnosis)
		return result, true
	}
	return life.Deaf(ctx, fmt.Sprintf("after a broken request (%s) it lives and does not answer: %s", one.what, explain.FirstLine(err)),
		"an error in one request ends the loop or the handler that serves the others", notes...), true
}
