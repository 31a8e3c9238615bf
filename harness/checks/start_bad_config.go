package checks

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startBadConfig = contract.Check{
	Name: "start/bad-config",
	True: "an invalid setting is refused with a code other than 0 and a message that names it: it is never replaced by a default in silence",
	Why:  "A service that takes a default for a mistyped setting runs somewhere else than its operator believes.",
	How:  "It is launched once with each setting under `refuses` in the target file; by default a word and 70000 are given as port.",
	Fix: "Check settings before anything is started:\n" +
		"    text = os.environ.get(\"MY_PORT\", \"23333\")   # or an argument behind --\n" +
		"    if not text.isdigit() or int(text) > 65535:\n" +
		"        print(\"MY_PORT=%r is not a port (0 to 65535)\" % text, file=sys.stderr, flush=True)\n" +
		"        sys.exit(2)",
	Needs:  []contract.Need{contract.NeedService},
	OfLife: true,
	Asks:   contract.OwnLives,
	Run:    judgeBadConfig,
}

// judgeBadConfig launches with each setting that must be refused.
func judgeBadConfig(ctx context.Context, s *contract.Session) report.Result {
	if len(s.Target().Config) == 0 {
		return contract.Skipped("the target file lists no setting that must be refused (refuses)")
	}
	if err := s.Ready(ctx); err != nil {
		return contract.FromError(err)
	}
	var refused []string
	for _, bad := range s.Target().Config {
		tweaks := contract.Tweaks{Env: bad.Env, Args: bad.Args, Unready: true}
		what := settingText(bad.Env, bad.Args)
		life, err := s.Launch(ctx, tweaks)
		if err != nil {
			return contract.FromError(err)
		}
		verdict := awaitRefusal(ctx, s, life, wordsOf(bad.Env, bad.Args))
		switch verdict.how {
		case stillRuns:
			diagnosis, fix := "the invalid setting is ignored and a default is used in its place", ""
			if verdict.elsewhere == "" {
				diagnosis, fix = explain.Lingers(life.Facts(ctx), "the invalid setting stops the server and not the process: alive and deaf")
			}
			where := ", listening on " + verdict.elsewhere
			if verdict.elsewhere == "" {
				where = " without listening anywhere"
			}
			result := contract.Failed(fmt.Sprintf("with %s it lives on after %s%s", what, explain.Short(verdict.waited), where), diagnosis)
			result.Fix = fix
			return result
		case endedWell:
			diagnosis := "the refusal does not reach the exit code"
			if trace := explain.Raised(verdict.log); trace != "" {
				diagnosis = "the exception ended the launch script, and Blender exits 0 on that: " + trace
			}
			return contract.Failed(fmt.Sprintf("with %s it ended with exit code 0", what), diagnosis)
		case diedOfSignal:
			return contract.Failed(fmt.Sprintf("with %s it was %s", what, explain.HowEnded(life.Exit())), "it crashed instead of refusing the setting"+explain.Fatal(verdict.log))
		case saidNothing:
			return contract.Failed(fmt.Sprintf("with %s it ended with code %d and no message about it", what, life.Exit().Code),
				"it ends without naming the setting that is wrong")
		case notJudged:
			return contract.FromError(verdict.err)
		}
		refused = append(refused, fmt.Sprintf("%s: code %d, %s", what, life.Exit().Code, verdict.said))
		_ = life.Close()
	}
	return contract.Passed("each was refused with a message", refused...)
}

// settingText names a bad setting in a sentence.
func settingText(env map[string]string, args []string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		parts = append(parts, name+"="+env[name])
	}
	if args != nil {
		parts = append(parts, "the arguments "+strings.Join(args, " "))
	}
	return strings.Join(parts, " and ")
}

// wordsOf are the words of which a clear message holds at least one: a value, a
// variable's name, or what it is about.
func wordsOf(env map[string]string, args []string) []string {
	words := []string{"invalid", "not a valid", "must be", "port", "out of range"}
	for name, value := range env {
		words = append(words, name, value)
	}
	return append(words, args...)
}
