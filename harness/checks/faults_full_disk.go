package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsFullDisk = contract.Check{
	Name: "faults/full-disk",
	True: "when no file could be written for a while it answers again",
	Why:  "Renders fill disks. A journal, a cache or a lock that cannot be written must not take the service with it.",
	How:  "No file may grow for a while (RLIMIT_FSIZE), as where the disk is full; a client asks meanwhile. Then it must answer, each client its own, and not turn; or have ended with a status and a word about why.",
	Fix: "Write what is not the answer itself where an error is caught, and go on without it:\n" +
		"    try:\n" +
		"        journal.write(line)\n" +
		"    except OSError as error:\n" +
		"        log(\"no journal: %s\" % error)",
	Needs:    []contract.Need{contract.NeedService},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeFullDisk,
}

// judgeFullDisk asks while no file can be written.
func judgeFullDisk(ctx context.Context, s *contract.Session) report.Result {
	return suffer(ctx, s, mishap.FullDisk, "what it could not write has ended its server, or a thread that requests wait for", askMeanwhile)
}

// askMeanwhile asks while something is wrong, and notes what comes of it: that is not judged.
func askMeanwhile(ctx context.Context, o *ordeal) {
	err := o.life.Ask(ctx)
	if err != nil {
		o.notes = append(o.notes, "who asked meanwhile: "+explain.FirstLine(err))
	}
}
