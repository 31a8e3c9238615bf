package checks

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var aliveRestart = contract.Check{
	Name: "alive/restart",
	True: "stopped and started again at once on the same port, it answers",
	Why:  "Supervisors restart a service at once; a port that stays blocked for a minute makes each restart an outage.",
	How:  "The life in use is stopped by SIGTERM (or killed) after it has served connections, and another is launched with the same port.",
	Fix: "Set SO_REUSEADDR before bind (asyncio does so by itself on POSIX, socketserver does not):\n" +
		"    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\n" +
		"    # or: class Server(socketserver.TCPServer): allow_reuse_address = True",
	Needs: []contract.Need{contract.NeedPort},
	Run:   judgeRestart,
}

// judgeRestart ends the shared life, by whatever stops it, and launches another
// one on the same port at once.
func judgeRestart(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	port := life.Port()
	if port == 0 {
		return contract.Skipped("the port of the service is not known")
	}
	// Connections that the service has closed hold the port in TIME_WAIT.
	_ = life.Ask(ctx)
	// So do those of clients that are connected when it ends.
	if address, err := life.Address(ctx); err == nil && s.Target().Service.Protocol != "command" {
		if conn, err := (&net.Dialer{Timeout: s.Brief()}).DialContext(ctx, "tcp", address); err == nil {
			defer func() { _ = conn.Close() }()
		}
	}
	exit, err := life.End(ctx)
	if exit == nil {
		return contract.FromError(fmt.Errorf("stop before the restart: %w", err))
	}
	s.Adopt(nil)
	began := time.Now()
	again, err := s.Launch(ctx, contract.Tweaks{Port: port})
	if fault := contract.FaultOf(err); fault != nil {
		diagnosis, cause := fault.Diagnosis, fault.Cause
		if again != nil && mentions(again.Log().Tail(50), "in use", "errno 98", "errno 48", "10048") {
			diagnosis = "the port counts as taken while closed connections are in TIME_WAIT: the listening socket is made without SO_REUSEADDR"
			cause = "time-wait"
		}
		result := contract.Failed(fmt.Sprintf("started again on port %d it did not answer: %s", port, fault.Seen), diagnosis, "before: "+explain.HowEnded(exit))
		result.Cause = cause
		return result
	}
	if err != nil {
		return contract.FromError(err)
	}
	s.Adopt(again)
	return contract.Passed(fmt.Sprintf("started again on port %d it answered after %s", port, explain.Short(time.Since(began))))
}
