package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/mishap"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsNoTemp = contract.Check{
	Name: "faults/no-temp",
	True: "when its temporary folder has been deleted and made again it answers",
	Why:  "Systems clean /tmp by age, and people do by hand. A service that runs for weeks meets that.",
	How:  "What lies in TMPDIR is deleted, with the folder; a client asks; the folder is made again, empty. Then it must answer, each client its own, and not turn; or have ended with a status and a word about why.",
	Fix: "Make a temporary folder where it is needed, and expect that one from before is gone:\n" +
		"    os.makedirs(folder, exist_ok=True)",
	Needs:    []contract.Need{contract.NeedService},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeNoTemp,
}

// judgeNoTemp asks while the temporary folder is not there.
func judgeNoTemp(ctx context.Context, s *contract.Session) report.Result {
	return suffer(ctx, s, mishap.NoTemp, "a file or folder that it expects in its temporary folder is gone, and its server has ended with that", askMeanwhile)
}
