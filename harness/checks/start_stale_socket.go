package checks

import (
	"context"
	"fmt"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startStaleSocket = contract.Check{
	Name:   "start/stale-socket",
	True:   "it starts and answers where one that was killed has left its socket's file",
	Why:    "A crash, kill -9 and a power cut remove nothing. A service that cannot bind over what is left never starts again until somebody deletes the file.",
	How:    "The file of a Unix socket on which nobody listens is made at the path, and the service is launched.",
	Fix:    fixStale,
	Needs:  []contract.Need{contract.NeedSocket},
	OfLife: true,
	Asks:   contract.OwnLives,
	Run:    judgeStaleSocket,
}

// fixStale removes the file of a dead one, and leaves that of a living one alone.
const fixStale = "Before the bind, remove the file if nobody listens on it:\n" +
	"    if os.path.exists(path):\n" +
	"        with socket.socket(socket.AF_UNIX) as other:\n" +
	"            try:\n" +
	"                other.connect(path)\n" +
	"                sys.exit(\"error: %s is in use\" % path)\n" +
	"            except ConnectionRefusedError:\n" +
	"                os.unlink(path)"

// overStale is what came of a launch where the file of a dead one lay: nil when it
// answered.
var overStale = contract.Fact[*contract.FaultError]{Name: "a launch over a stale socket", Make: func(ctx context.Context, s *contract.Session) (*contract.FaultError, error) {
	if err := s.Ready(ctx); err != nil {
		return nil, err
	}
	if s.FixedPort() {
		s.EndShared(ctx)
	}
	life, err := s.Launch(ctx, contract.Tweaks{Changed: true, More: []harness.Option{harness.StaleSocket(s.Target().Service.Socket)}})
	fault := contract.FaultOf(err)
	if fault != nil && life != nil && mentions(wholeLog(life), "in use", "errno 98", "errno 48") {
		fault.Diagnosis = "bind() fails on a path that exists: \"Address already in use\"" + s.Source().Perhaps("unix-bind")
	}
	if fault != nil {
		err = nil
	}
	return fault, err
}}

// judgeStaleSocket launches over the file of a dead one.
func judgeStaleSocket(ctx context.Context, s *contract.Session) report.Result {
	if left := s.Verdict(ctx, stopSocketRemoved); left.Verdict == report.Fail {
		return contract.Skipped("it cannot bind over the file that it leaves itself: see stop/socket-removed")
	}
	fault, err := overStale.Of(ctx, s)
	switch {
	case err != nil:
		return contract.FromError(err)
	case fault == nil:
		return contract.Passed("with the file of a dead one in place it answered")
	}
	result := contract.Failed(fmt.Sprintf("with the socket's file of a dead one in place it did not answer: %s", fault.Seen), fault.Diagnosis, fault.Evidence...)
	result.Command = fault.Command
	return result
}
