package contract

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
)

// execSerial sends several codes at once. Each notes its begin and its end in
// one file; between the two nobody else may note anything.
func execSerial(ctx context.Context, s *Session) report.Result {
	if result, stop := s.needsExec(ctx); stop {
		return result
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	const codes = 8
	file := "serial-" + nonce()
	errs := make([]error, codes)
	var all sync.WaitGroup
	for i := range codes {
		code := serialCode(life.Scratch()+"/"+file, i)
		all.Go(func() {
			limited, cancel := context.WithTimeout(ctx, 3*s.patience())
			defer cancel()
			_, errs[i] = life.execWithin(limited, code)
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return FromError(ctx.Err())
	}
	steps, err := life.steps(ctx, file, 2*codes)
	if err != nil {
		return FromError(err)
	}
	if !life.alive() || anyError(errs) != nil && s.ended(ctx, life) {
		_, why := s.whyEnded(ctx, life)
		return Failed(fmt.Sprintf("with %d exec requests at once the process ended: %s", codes, endOf(life.Exit())), why, steps...)
	}
	if len(steps) < 2*codes {
		seen := fmt.Sprintf("of %d exec requests at once %d did not run to their end", codes, codes-countPrefix(steps, "end"))
		if err := anyError(errs); err != nil {
			seen += ": " + firstLine(err)
		}
		return Failed(seen, "exec requests that come while another runs are dropped", steps...)
	}
	for i := 0; i+1 < len(steps); i += 2 {
		if strings.TrimPrefix(steps[i], "begin ") != strings.TrimPrefix(steps[i+1], "end ") {
			diagnosis := "code of one client runs in the middle of another's: threads run it, or the event loop is turned while code runs"
			if at := s.sources().cite("thread"); at != "" {
				diagnosis += fmt.Sprintf(" (%s)", at)
			}
			return Failed("two exec requests ran into each other: "+strings.Join(steps[i:min(i+4, len(steps))], ", "), diagnosis, steps...)
		}
	}
	return Passed(fmt.Sprintf("%d exec requests at once ran one after the other", codes))
}

// serialCode notes its begin, works a little in several statements, and notes
// its end.
func serialCode(path string, number int) string {
	note := func(word string) string {
		return fmt.Sprintf("_bgf = open(%s, 'a')\n_bgf.write('%s %d\\n')\n_bgf.close()\n", pyString(path), word, number)
	}
	return "import time\n" + note("begin") + "time.sleep(0.01)\n_bgn = 1\n_bgn = _bgn + 1\ntime.sleep(0.01)\n" + note("end")
}

// steps waits until the file has that many lines, and returns those it has.
func (l *Life) steps(ctx context.Context, file string, count int) ([]string, error) {
	wait, cancel := context.WithTimeout(ctx, effectBudget)
	defer cancel()
	for {
		text, _ := l.ReadScratch(wait, file)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(lines) >= count || !l.alive() || !pause(wait, 20*time.Millisecond) {
			return lines, ctx.Err()
		}
	}
}

func countPrefix(lines []string, prefix string) int {
	count := 0
	for _, line := range lines {
		if strings.HasPrefix(line, prefix) {
			count++
		}
	}
	return count
}

func anyError(errs []error) error {
	i := slices.IndexFunc(errs, func(err error) bool { return err != nil })
	if i < 0 {
		return nil
	}
	return errs[i]
}

// needsClients returns what to report when clients at the same time disturb
// one another, so that nothing can be measured with them.
func (s *Session) needsClients(ctx context.Context) (report.Result, bool) {
	if s.target.Echo == nil {
		return report.Result{}, false
	}
	return s.after(ctx, "echo/concurrent", "clients at once do not each get their answer")
}

// execSlow keeps the service busy for a second and lets others ask meanwhile.
func execSlow(ctx context.Context, s *Session) report.Result {
	if result, stop := s.needsExec(ctx); stop {
		return result
	}
	if result, stop := s.needsClients(ctx); stop {
		return result
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	const clients = 8
	runs, file := "runs-"+nonce(), "slow-"+nonce()+".json"
	code := "import time\n" + life.marker(runs) + "\ntime.sleep(1.0)\n" +
		"_bgf = open(" + pyString(life.Scratch()+"/"+file) + ", 'w')\n_bgf.write('{\"done\": true}')\n_bgf.close()\n"
	var slow effect
	slowDone := make(chan error, 1)
	go func() {
		var err error
		slow, err = life.runRaw(ctx, code, file)
		slowDone <- err
	}()
	began := life.marked(ctx, runs, s.patience())
	errs := make([]error, clients)
	times := make([]time.Duration, clients)
	start := time.Now()
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			limited, cancel := context.WithTimeout(ctx, time.Second+3*s.patience())
			defer cancel()
			errs[i] = life.ask(limited)
			times[i] = time.Since(start)
		})
	}
	all.Wait()
	err = <-slowDone
	switch {
	case ctx.Err() != nil:
		return FromError(ctx.Err())
	case err != nil:
		return FromError(err)
	case !began:
		return Undecided("the slow code never began", "reply: "+replyText(slow.reply, slow.replyErr))
	}
	failed := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err == nil })
	seen := fmt.Sprintf("of %d clients that came during a slow exec %d were not answered", clients, len(failed))
	switch {
	case len(failed) > 0 && s.ended(ctx, life):
		_, why := s.whyEnded(ctx, life)
		return Failed(seen+"; the process ended: "+endOf(life.Exit()), why)
	case len(failed) > 0:
		return Failed(seen+": "+firstLine(failed[0]), "who waits while client code runs is dropped: a time limit or a short backlog cuts them off")
	case slow.wrote == nil:
		return Failed("the slow code never came to its end", "client code that takes a second is given up or killed")
	case slow.replyErr != nil:
		return Failed("the slow code ran to its end and its client got no reply: "+firstLine(slow.replyErr),
			"the connection of a client whose code takes a second is given up before the reply is sent")
	}
	return Passed(fmt.Sprintf("%d clients that came during a slow exec were all answered, the last after %s", clients, short(slices.Max(times))))
}
