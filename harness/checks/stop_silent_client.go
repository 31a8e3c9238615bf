package checks

import (
	"context"
	"net"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopSilentClient = contract.Check{
	Name: "stop/silent-client",
	True: "SIGTERM ends it while a client is connected that says nothing",
	Why:  "Clients keep connections open, or were stopped in the middle. An end that waits for all of them waits for ever, and a supervisor kills it.",
	How:  "A client connects and sends nothing, another is answered, and SIGTERM comes.",
	Fix: "Do not wait for clients at the end, or not for long: close their connections, or let their threads be daemons.\n" +
		"    for writer in writers:\n" +
		"        writer.close()                # asyncio: keep each connection's writer or task\n" +
		"    server.daemon_threads = True      # socketserver\n" +
		"    connection.settimeout(5)          # a blocking socket",
	Needs: []contract.Need{contract.NeedService},
	Asks:  contract.OwnLives,
	Run:   judgeSilentClient,
}

// judgeSilentClient stops a life with a client that says nothing.
func judgeSilentClient(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := s.After(ctx, stopSIGTERM, "SIGTERM does not end it cleanly"); stop {
		return result
	}
	if !s.Target().HasPort() && s.Target().Service.Socket == "" {
		return contract.Skipped("the target has no port or socket that a client could connect to")
	}
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	silent, err := connect(ctx, s, life)
	if err != nil {
		return contract.FromError(err)
	}
	defer silent.Close()
	// Who is answered has come after the silent one. One at a time is served by some:
	// that is for faults/silent-clients to tell.
	limited, cancel := context.WithTimeout(ctx, s.Brief())
	_ = life.AskLong(limited)
	cancel()
	if ctx.Err() != nil {
		return contract.FromError(ctx.Err())
	}
	exit, err := life.End(ctx)
	if exit == nil {
		return contract.FromError(err)
	}
	end := judgeEnd(ctx, s, life, exit, "SIGTERM")
	if end.fault == "ignored" || end.fault == "lingers" {
		why := "the end waits for the client"
		if hang := explain.Hang(life.Facts(ctx)); hang.Text != "" {
			why += ": " + hang.Text
		} else if end.fault == "lingers" {
			why += ": " + end.diagnosis
		} else if at := explain.At(life.Facts(ctx)); at != "" {
			why += ": the main thread is in " + at
		}
		end.diagnosis, end.fix, end.cause = why, "", ""
	}
	return end.result(s)
}

// connect opens a connection to the life's service.
func connect(ctx context.Context, s *contract.Session, life *contract.Life) (net.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, s.Brief())
	defer cancel()
	if socket := life.Socket(); socket != "" {
		return life.DialUnix(limited, socket)
	}
	return (&net.Dialer{}).DialContext(limited, "tcp", life.Addr())
}
