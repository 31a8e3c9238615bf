package checks

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobSideBySide = contract.Check{
	Name: "job/side-by-side",
	True: "two runs at once, in two folders, both end well and do what one does alone",
	Why:  "A farm runs many jobs on one machine. A port, a lock or a file in a folder that both use makes one fail, or mixes their results.",
	How: "Two runs are started together, each with a working folder, a temporary folder and a profile of its own. Both must end with 0, with the whole effect; " +
		"what fails so is run alone once more, which must go well.",
	Fix: "Take what must be the job's own from the folder it works in, or from the system:\n" +
		"    folder = tempfile.mkdtemp()              # not /tmp/my_job\n" +
		"    server.bind((\"127.0.0.1\", 0))            # not a fixed port",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeSideBySide,
}

func judgeSideBySide(ctx context.Context, s *contract.Session) report.Result {
	clean, wrong := soundRun(ctx, s)
	if wrong != nil {
		return *wrong
	}
	one, err := s.StartJob(ctx, contract.JobTweaks{Beside: true})
	if err != nil {
		return contract.FromError(err)
	}
	two, err := s.StartJob(ctx, contract.JobTweaks{Beside: true})
	if err != nil {
		return contract.FromError(err)
	}
	var runs [2]*jobRun
	var errs [2]error
	var both sync.WaitGroup
	for i, life := range []*contract.Life{one, two} {
		both.Go(func() { runs[i], errs[i] = finishJob(ctx, s, life) })
	}
	both.Wait()
	var faults []string
	for i, run := range runs {
		if errs[i] != nil {
			return contract.FromError(errs[i])
		}
		fault, err := besides(ctx, s, clean, run)
		if err != nil {
			return contract.FromError(err)
		}
		if fault != "" {
			faults = append(faults, fmt.Sprintf("run %d: %s", i+1, fault))
		}
	}
	if len(faults) == 0 {
		return contract.Passed("both ended with exit code 0, with the whole effect")
	}
	s.OneJobAtATime()
	alone, err := runJob(ctx, s, contract.JobTweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	if fault, err := besides(ctx, s, clean, alone); err != nil || fault != "" {
		return contract.Undecided("alone it does not go well each time either: "+fault, faults...)
	}
	return contract.Failed(strings.Join(faults, "; "), "the two share something: alone, before and after, the job ends well", faults...)
}

// besides says what is wrong with a run that was not alone; "" for nothing.
func besides(ctx context.Context, s *contract.Session, clean, run *jobRun) (string, error) {
	if !run.good() {
		if raised := run.raised(); raised != "" {
			return run.how(s) + ": " + raised, nil
		}
		return run.how(s), nil
	}
	if len(run.ended) > 0 && len(clean.ended) == 0 {
		return "it raised " + told(run.ended[0]), nil
	}
	missing, err := lacks(ctx, s, run)
	return strings.Join(missing[:min(2, len(missing))], "; "), err
}
