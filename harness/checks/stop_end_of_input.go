package checks

import (
	"context"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopEndOfInput = contract.Check{
	Name: "stop/end-of-input",
	True: "the end of its standard input ends it: exit code 0 within the budget, clean-up done, nothing left",
	Why:  "Whoever has started it ends it so, and when they crash that is all that it is told: who does not end then stays for ever.",
	How:  "Its input is closed after it has answered.",
	Fix: "Let the end of the input end the loop, and the script behind it:\n" +
		"    for line in sys.stdin:      # ends with the input\n" +
		"        ...\n" +
		"    # with readline(): an empty text is the end\n" +
		"    # in a thread: let it set the event that the main thread waits for",
	Needs: []contract.Need{contract.NeedStdio},
	Asks:  contract.OwnLives,
	Run:   judgeEndOfInput,
}

// judgeEndOfInput closes the input of a life at rest.
func judgeEndOfInput(ctx context.Context, s *contract.Session) report.Result {
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	ended, took, err := endInput(ctx, s, life)
	if err != nil {
		return contract.FromError(err)
	}
	exit := *ended // the harness knows of signals only as requests to end
	exit.Asked, exit.Took = true, took
	end := judgeEnd(ctx, s, life, &exit, "the end of its input")
	if end.fault == "ignored" {
		end.diagnosis = "the end of the input is not noticed, or ends the reading and not the process"
		if at := explain.At(life.Facts(ctx)); at != "" {
			end.diagnosis += ": the main thread is in " + at
		} else {
			end.diagnosis += s.Source().Perhaps("stdin")
		}
	}
	return unlessSame(ctx, s, end)
}

// endInput ends a life by closing its input, and kills it when that does not.
func endInput(ctx context.Context, s *contract.Session, life *contract.Life) (*harness.Exit, time.Duration, error) {
	life.AskedToEnd()
	began := time.Now()
	_ = life.Wire().CloseInput()
	exit, err := awaitEnd(ctx, s, life, s.Target().Budgets.Stop)
	if exit == nil {
		return nil, 0, err
	}
	return exit, time.Since(began), nil
}
