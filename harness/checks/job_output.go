package checks

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobOutput = contract.Check{
	Name: "job/output",
	True: "all that the job prints is in its output when that is a pipe or a file",
	Why: "To a pipe Python prints in blocks. What is in the last block is lost when the process ends without Python's own end: the lines that say what was done, " +
		"in front of a crash or of os._exit.",
	How:    "What the job writes to sys.stdout is noted beside, at once, and compared with what came out of the pipe, from the last line on.",
	Fix:    "print(..., flush=True), or let Python end by itself: sys.exit(n) in place of os._exit(n).",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeOutput,
}

func judgeOutput(ctx context.Context, s *contract.Session) report.Result {
	if _, wrong := wellRun(ctx, s); wrong != nil {
		return *wrong
	}
	folder, err := scripts.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	run, err := runJob(ctx, s, contract.JobTweaks{More: []harness.Option{
		harness.Addon(filepath.Join(folder, "bgcheck_printed.py"), "bgcheck_printed"),
		harness.Env("BGCHECK_PRINTED", "{scratch}/printed.txt"),
	}})
	if err != nil {
		return contract.FromError(err)
	}
	text, _ := run.life.ReadScratch(ctx, "printed.txt") // none: it prints nothing
	printed := printedLines(string(text))
	if len(printed) == 0 {
		return contract.Passed("it prints nothing")
	}
	whole := strings.Join(run.log, "\n")
	lost := 0
	for lost < len(printed) && !strings.Contains(whole, printed[len(printed)-1-lost]) {
		lost++
	}
	if lost == 0 {
		return contract.Passed(fmt.Sprintf("all %d lines came", len(printed)))
	}
	first := printed[len(printed)-lost]
	return contract.Failed(fmt.Sprintf("%d of %d lines never came out of the pipe, from %q on", lost, len(printed), clipped(first)),
		"the process ended without writing out what Python held back"+s.Source().Perhaps("exit"))
}

// printedLines are the lines of a text that say something.
func printedLines(text string) []string {
	var lines []string
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func clipped(line string) string {
	if len(line) > 80 {
		return strings.ToValidUTF8(line[:80], "") + "..."
	}
	return line
}
