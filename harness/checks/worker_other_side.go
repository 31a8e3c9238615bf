package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/otherside"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/usage"
)

var workerOtherSide = contract.Check{
	Name: "worker/other-side",
	True: "while the other side is away, slow, or answers nonsense or 500, it lives and does not turn at full load; when that is over it takes the next job",
	Why: "Servers are restarted, and proxies answer in their place. A worker that ends then must be started again by hand; one that asks again " +
		"without a pause takes a core and hammers the server that comes back.",
	How: "One after the other: nobody listens, answers come a second late, a page of HTML comes, status 500 comes, each for a while in which " +
		"CPU time is measured. A folder gets a file of nonsense. After each a job is given, and must be done within worker.returns.",
	Fix: "Catch what asking can raise, wait, and ask again; give each request a timeout:\n" +
		"    try:\n" +
		"        job = json.load(urllib.request.urlopen(url, timeout=10))\n" +
		"    except (OSError, ValueError) as error:\n" +
		"        print(\"cannot ask for work:\", error)\n" +
		"        stopping.wait(pause)   # and a longer pause each time, to some seconds\n" +
		"        continue",
	For:  ofWorkers,
	Asks: contract.OwnLives,
	Run:  judgeOtherSide,
}

const (
	// faultLasts is how long each fault lasts at least: longer than the pause between two
	// requests of most workers.
	faultLasts = 1500 * time.Millisecond
	// faultMost is how long one lasts at most for a worker that asks seldom.
	faultMost = 10 * time.Second
	// fullLoad is the share of a core, as far as it was let have one, from which on it turns.
	fullLoad = 0.5
	// leastFree is the share of the time in which it must have been let run to be judged.
	leastFree = 0.1
)

func judgeOtherSide(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	var seen []string
	for _, fault := range life.Side().Faults() {
		said, failed := underFault(ctx, s, life, fault)
		if failed != nil {
			failed.Evidence = append(seen, failed.Evidence...)
			return *failed
		}
		seen = append(seen, said)
	}
	return contract.Passed(fmt.Sprintf("%d faults of the other side: it lived, waited and went on", len(seen)), seen...)
}

// underFault has one fault come and go.
func underFault(ctx context.Context, s *contract.Session, life *contract.Life, fault otherside.Fault) (said string, failed *report.Result) {
	fail := func(r report.Result) (string, *report.Result) { return "", &r }
	side, when := life.Side(), "while the other side "+string(fault)
	before, measured := life.Usage(ctx)
	waited := procfs.Waited(life.PID())
	asked := side.Asks()
	if err := side.Set(fault); err != nil {
		return fail(contract.FromError(err))
	}
	if contract.EndsWithin(ctx, life, faultLasts) {
		return fail(life.Died(ctx, when+" it ended"))
	}
	if s.Target().Worker.HTTP != nil && fault != otherside.Away { // it must have met the fault
		limited, cancel := context.WithTimeout(ctx, faultMost)
		_ = side.Asked(limited, asked)
		cancel()
		if contract.EndsWithin(ctx, life, contract.Settling) {
			return fail(life.Died(ctx, when+" it ended"))
		}
	}
	after, err := life.Usage(ctx)
	if ctx.Err() != nil {
		return fail(contract.FromError(ctx.Err()))
	}
	if measured == nil && err == nil {
		used := usage.Between(before, after)
		// Of the time in which a busy machine let it run: what turns uses all of that.
		free := 1 - (procfs.Waited(life.PID())-waited).Seconds()/max(used.Seconds, faultLasts.Seconds())
		said = fmt.Sprintf("%s: %.1f %% of a core", when, 100*used.CPU)
		if free > leastFree && used.CPU > fullLoad*free {
			return fail(contract.Failed(fmt.Sprintf("%s it turned at full load: %.0f %% of a core, %d requests came",
				when, 100*used.CPU, side.Asks()-asked), "it asks again at once, without a pause"))
		}
	}
	if err := side.Set(otherside.Well); err != nil {
		return fail(contract.FromError(err))
	}
	returns := s.Target().Worker.Returns
	limited, cancel := context.WithTimeout(ctx, returns+s.Target().Worker.Within)
	defer cancel()
	job, err := life.GiveJob(s.Target().Worker.Job)
	if err != nil {
		return fail(contract.FromError(err))
	}
	result, err := life.JobResult(limited, job)
	after2 := fmt.Sprintf("after the other side %s,", fault)
	switch {
	case err != nil && !side.TakenAt(job).IsZero():
		return fail(unfinished(ctx, s, life, after2, fmt.Errorf("a job was taken and no result came"), "it takes jobs and no longer does them"))
	case err != nil:
		return fail(unfinished(ctx, s, life, after2, fmt.Errorf("it took no job within %s", explain.Short(returns)), "what asks for work has ended, or waits for an answer that never comes"))
	case result.Failed:
		return fail(contract.Failed(after2+" a good job came back as failed: "+contract.Excerpt([]byte(result.Text)), "something of the fault stays behind"))
	}
	return said + fmt.Sprintf("; the next job was done %s after its return", explain.Short(time.Since(job.Given))), nil
}
