package checks

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var echoCleanWire = contract.Check{
	Name: "echo/clean-wire",
	True: "from the start to the end nothing but messages is on its standard output",
	Why: "Where standard output is the wire, each line that something else prints is a broken message to the other side, which gives up or takes " +
		"it for a reply. Blender itself prints there: its version, what it saves and renders, and \"Blender quit\".",
	How: "A life is asked twice, made to run code that prints (where it takes code), and its input is ended; every line of its output must be JSON.",
	Fix: "Keep the wire for the messages alone, and give everything else that prints standard error, before anything is printed:\n" +
		"    wire = os.fdopen(os.dup(1), \"w\", buffering=1)   # the messages' own\n" +
		"    os.dup2(2, 1)                                     # print() and Blender go to standard error\n" +
		"    ...\n" +
		"    wire.write(json.dumps(reply) + \"\\n\")",
	Needs:  []contract.Need{contract.NeedStdio},
	OfLife: true,
	Asks:   contract.OwnLives,
	Run:    judgeCleanWire,
}

// judgeCleanWire reads all that a life writes.
func judgeCleanWire(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	for range 2 {
		if err := life.Ask(ctx); err != nil {
			return contract.FromError(err)
		}
	}
	if s.Target().Exec != nil {
		_, _ = life.Exec(ctx, "print('printed by the code of a request')") // that it has an effect is for others to see
	}
	if _, _, err := endInput(ctx, s, life); err != nil {
		return contract.FromError(err)
	}
	select {
	case <-life.Wire().Ended():
	case <-time.After(2 * time.Second): // what holds the output open has said what it had to say
	case <-ctx.Done():
		return contract.FromError(ctx.Err())
	}
	lines, count := life.Wire().Foreign()
	if count == 0 {
		return contract.Passed("every line of its standard output was a message")
	}
	evidence := make([]string, 0, len(lines))
	for _, line := range lines {
		evidence = append(evidence, "line: "+line)
	}
	return contract.Failed(fmt.Sprintf("%d lines on its standard output are no messages; the first: %s", count, strings.TrimSpace(lines[0])), printer(s, lines[0]), evidence...)
}

// blenders are beginnings of lines that Blender itself prints.
var blenders = regexp.MustCompile(`^\s*(Blender \d|Blender quit|Read blend:|Read prefs:|Saved "|Saved:|Fra:\d| Time:|Info:|Warning:|found bundled python|Writing:)`)

// printer says who has printed a line.
func printer(s *contract.Session, line string) string {
	if at := s.Source().Printing(line); at != "" {
		return "it is printed at " + at + ", to the standard output that the messages go to"
	}
	switch {
	case blenders.MatchString(line):
		return "Blender itself prints it: its standard output is still the one that the messages go to"
	case strings.Contains(line, "printed by the code of a request"):
		return "what the code of a request prints goes to the standard output that the messages go to"
	}
	return "something prints to the standard output that the messages go to" + s.Source().Perhaps("print")
}
