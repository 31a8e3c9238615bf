package checks

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var execSerial = contract.Check{
	Name:  "exec/serial",
	True:  "concurrent exec requests neither crash it nor run into each other",
	Why:   "Code that is interrupted by another client's code finds Blender's data changed between two of its lines.",
	How:   "Eight requests at once each note their begin and end in one file; each begin must be followed by its own end.",
	Fix:   "Run one code to its end before the next: on the main thread, without turning the event loop in between, or with a lock around exec.",
	Needs: []contract.Need{contract.NeedService, contract.NeedExec},
	Run:   judgeSerial,
}

// judgeSerial sends several codes at once. Each notes its begin and its end in
// one file; between the two nobody else may note anything.
func judgeSerial(ctx context.Context, s *contract.Session) report.Result {
	life, result, stop := lifeForExec(ctx, s)
	if stop {
		return result
	}
	const codes = 8
	file := "serial-" + contract.Nonce()
	errs := make([]error, codes)
	var all sync.WaitGroup
	for i := range codes {
		code := serialCode(life.Scratch()+"/"+file, i)
		all.Go(func() {
			limited, cancel := context.WithTimeout(ctx, 3*s.Patience())
			defer cancel()
			_, errs[i] = life.ExecWithin(limited, code)
		})
	}
	all.Wait()
	if ctx.Err() != nil {
		return contract.FromError(ctx.Err())
	}
	steps, err := steps(ctx, life, file, 2*codes)
	if err != nil {
		return contract.FromError(err)
	}
	if !life.Alive() || anyError(errs) != nil && s.Ended(ctx, life) {
		return life.Died(ctx, fmt.Sprintf("with %d exec requests at once the process ended", codes), steps...)
	}
	if len(steps) < 2*codes {
		seen := fmt.Sprintf("of %d exec requests at once %d did not run to their end", codes, codes-countPrefix(steps, "end"))
		if err := anyError(errs); err != nil {
			seen += ": " + explain.FirstLine(err)
		}
		return contract.Failed(seen, "exec requests that come while another runs are dropped", steps...)
	}
	for i := 0; i+1 < len(steps); i += 2 {
		if strings.TrimPrefix(steps[i], "begin ") != strings.TrimPrefix(steps[i+1], "end ") {
			diagnosis := "code of one client runs in the middle of another's: threads run it, or the event loop is turned while code runs"
			if at := s.Source().Cite("thread"); at != "" {
				diagnosis += fmt.Sprintf(" (%s)", at)
			}
			return contract.Failed("two exec requests ran into each other: "+strings.Join(steps[i:min(i+4, len(steps))], ", "), diagnosis, steps...)
		}
	}
	return contract.Passed(fmt.Sprintf("%d exec requests at once ran one after the other", codes))
}

// serialCode notes its begin, works a little in several statements, and notes
// its end.
func serialCode(path string, number int) string {
	note := func(word string) string {
		return fmt.Sprintf("_bgf = open(%s, 'a')\n_bgf.write('%s %d\\n')\n_bgf.close()\n", contract.PyString(path), word, number)
	}
	return "import time\n" + note("begin") + "time.sleep(0.01)\n_bgn = 1\n_bgn = _bgn + 1\ntime.sleep(0.01)\n" + note("end")
}

// steps waits until the file has that many lines, and returns those it has.
func steps(ctx context.Context, l *contract.Life, file string, count int) ([]string, error) {
	wait, cancel := context.WithTimeout(ctx, contract.EffectBudget)
	defer cancel()
	for {
		text, _ := l.ReadScratch(wait, file)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if len(lines) >= count || !l.Alive() || !contract.Pause(wait, 20*time.Millisecond) {
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
