package checks

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopSocketRemoved = contract.Check{
	Name: "stop/socket-removed",
	True: "after its end the file of its Unix socket is gone, or the next start does not mind it",
	Why:  "The system frees a port when its process ends, and keeps the file of a Unix socket: a bind to the same path then fails.",
	How:  "A life is ended by SIGTERM and the path looked at; where the file stays, another is launched over one like it.",
	Fix: "Remove it when the server is closed:\n" +
		"    server.close()\n" +
		"    os.unlink(path)\n" +
		"or, so that a crash does no harm either, before the bind.",
	Needs:  []contract.Need{contract.NeedSocket},
	OfLife: true,
	Asks:   contract.OwnLives,
	Run:    judgeSocketRemoved,
}

// judgeSocketRemoved ends a life and looks at what it leaves.
func judgeSocketRemoved(ctx context.Context, s *contract.Session) report.Result {
	if result, stop := s.After(ctx, stopSIGTERM, "SIGTERM does not end it cleanly"); stop {
		return result
	}
	if !s.Local() {
		return contract.Skipped("the target has no files left to look at: its container's go with it; use --backend local")
	}
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	socket := life.Socket()
	exit, err := life.End(ctx)
	if exit == nil {
		return contract.FromError(err)
	}
	_, err = life.Mode(ctx, socket)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return contract.Passed(socket + " is gone")
	case err != nil:
		return contract.Undecided("cannot look at its socket: " + explain.FirstLine(err))
	}
	fault, err := overStale.Of(ctx, s)
	switch {
	case err != nil:
		return contract.FromError(err)
	case fault == nil:
		return contract.Passed(socket + " stays, and the next start does not mind it")
	}
	return contract.Failed(fmt.Sprintf("%s stays after the end, and over it the next one does not start: %s", socket, fault.Seen),
		"nothing removes the socket's file, neither at the end nor before the bind; "+fault.Diagnosis, fault.Evidence...)
}
