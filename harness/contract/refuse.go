package contract

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// startPortBusy takes a port and launches the service on it.
func startPortBusy(ctx context.Context, s *Session) report.Result {
	if _, err := s.Shared(ctx); err != nil {
		return FromError(err)
	}
	if s.fixedPort() {
		s.endShared(ctx)
	}
	port, release, err := s.takePort()
	if err != nil {
		return Undecided("cannot take a port: " + err.Error())
	}
	tweaks := Tweaks{Port: port, Unready: true}
	if !s.local() {
		// A container has ports of its own: its launcher takes this one before it starts Blender.
		release()
		tweaks.more = append(tweaks.more, harness.Prepare(func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "scratch", "hold-port"), []byte(strconv.Itoa(port)), 0o644)
		}))
	} else {
		defer release()
	}
	life, err := s.Launch(ctx, tweaks)
	if err != nil {
		return FromError(err)
	}
	if !s.local() && !life.marked(ctx, "port-held", time.Second) {
		_ = life.Close()
		return Undecided("the port could not be taken inside the container: that takes a Python in the image")
	}
	want := []string{strconv.Itoa(port), "in use", "in-use", "eaddrinuse", "errno 98", "errno 48", "10048"}
	verdict := s.refused(ctx, life, want)
	what := fmt.Sprintf("on the taken port %d", port)
	switch verdict.how {
	case stillRuns:
		if others := verdict.elsewhere; others != "" {
			return Failed(fmt.Sprintf("%s it lives on after %s and listens on %s", what, short(verdict.waited), others),
				"it takes another port when its own is busy: a client that was told the port speaks to someone else")
		}
		return Failed(fmt.Sprintf("%s it lives on after %s without listening anywhere", what, short(verdict.waited)),
			s.whyLingers(ctx, life, "the error of the bind is caught, or lost in a task or a thread, and the main loop goes on without a server: alive and deaf"))
	case endedWell:
		diagnosis := "the failure to bind does not reach the exit code"
		if trace := traceback(verdict.log); trace != "" {
			diagnosis = "the exception ended the launch script, and Blender exits 0 on that: " + trace
		}
		return Failed(what+" it ended with exit code 0", diagnosis)
	case diedOfSignal:
		return Failed(what+" it was "+endOf(life.Exit()), "it crashed instead of saying that the port is taken"+fatal(verdict.log))
	case saidNothing:
		return Failed(fmt.Sprintf("%s it ended with code %d and no message about the port", what, life.Exit().Code),
			"it ends without saying why: whoever starts it cannot know that the port is taken")
	case notJudged:
		return FromError(verdict.err)
	}
	return Passed(fmt.Sprintf("%s it ended with code %d and said: %s", what, life.Exit().Code, verdict.said))
}

// takePort listens on a port of the loopback addresses: the target's own when
// that is fixed, else a free one.
func (s *Session) takePort() (port int, release func(), err error) {
	number := "0"
	if s.fixedPort() {
		number = s.target.Service.Port
	}
	first, err := net.Listen("tcp", "127.0.0.1:"+number)
	if err != nil {
		return 0, nil, err
	}
	port = first.Addr().(*net.TCPAddr).Port
	second, err := net.Listen("tcp", net.JoinHostPort("::1", strconv.Itoa(port)))
	if err != nil {
		return port, func() { _ = first.Close() }, nil // no IPv6 here
	}
	return port, func() { _, _ = first.Close(), second.Close() }, nil
}

// startBadConfig launches with each setting that must be refused.
func startBadConfig(ctx context.Context, s *Session) report.Result {
	if len(s.target.Config) == 0 {
		return Skipped("the target file lists no setting that must be refused (refuses)")
	}
	if _, err := s.Shared(ctx); err != nil {
		return FromError(err)
	}
	var refused []string
	for _, bad := range s.target.Config {
		tweaks := Tweaks{Env: bad.Env, Args: bad.Args, Unready: true}
		what := settingText(bad.Env, bad.Args)
		life, err := s.Launch(ctx, tweaks)
		if err != nil {
			return FromError(err)
		}
		verdict := s.refused(ctx, life, wordsOf(bad.Env, bad.Args))
		switch verdict.how {
		case stillRuns:
			diagnosis := "the invalid setting is ignored and a default is used in its place"
			if verdict.elsewhere == "" {
				diagnosis = s.whyLingers(ctx, life, "the invalid setting stops the server and not the process: alive and deaf")
			}
			where := ", listening on " + verdict.elsewhere
			if verdict.elsewhere == "" {
				where = " without listening anywhere"
			}
			return Failed(fmt.Sprintf("with %s it lives on after %s%s", what, short(verdict.waited), where), diagnosis)
		case endedWell:
			diagnosis := "the refusal does not reach the exit code"
			if trace := traceback(verdict.log); trace != "" {
				diagnosis = "the exception ended the launch script, and Blender exits 0 on that: " + trace
			}
			return Failed(fmt.Sprintf("with %s it ended with exit code 0", what), diagnosis)
		case diedOfSignal:
			return Failed(fmt.Sprintf("with %s it was %s", what, endOf(life.Exit())), "it crashed instead of refusing the setting"+fatal(verdict.log))
		case saidNothing:
			return Failed(fmt.Sprintf("with %s it ended with code %d and no message about it", what, life.Exit().Code),
				"it ends without naming the setting that is wrong")
		case notJudged:
			return FromError(verdict.err)
		}
		refused = append(refused, fmt.Sprintf("%s: code %d, %s", what, life.Exit().Code, verdict.said))
		_ = life.Close()
	}
	return Passed("each was refused with a message", refused...)
}

// whyLingers tells a process that has begun to end from one that goes on.
func (s *Session) whyLingers(ctx context.Context, life *Life, otherwise string) string {
	if len(life.saw(ctx, "finalize"))+len(life.saw(ctx, "atexit")) == 0 {
		if trace := traceback(life.Log().Tail(200)); trace != "" {
			otherwise += "; the log has an uncaught exception: " + trace
		}
		return otherwise
	}
	return "it gives up, and then does not end: a thread that is no daemon, or a worker of an executor, keeps the process" + s.at("thread")
}

// at cites the source for a diagnosis, or adds nothing.
func (s *Session) at(kind string) string {
	if at := s.sources().cite(kind); at != "" {
		return fmt.Sprintf(" (perhaps at %s)", at)
	}
	return ""
}

// refusal is what became of a launch that should have been refused.
type refusal struct {
	how       int
	waited    time.Duration
	elsewhere string // addresses it listens on when it still runs
	said      string // the line that names the setting
	log       []string
	err       error
}

const (
	refusedWell = iota
	stillRuns
	endedWell
	diedOfSignal
	saidNothing
	notJudged
)

// refused waits for the end of a launch that should not go on, and looks in
// its output for one of the words. It waits for five times as long as the
// target needs to become ready, at least ten seconds: who lives then, stays.
func (s *Session) refused(ctx context.Context, life *Life, words []string) refusal {
	wait := 10 * time.Second
	if s.shared != nil {
		wait = max(wait, 5*s.shared.ReadyAfter())
	}
	wait = min(wait, max(s.target.Budgets.Ready, 10*time.Second))
	limited, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	exit, err := life.Wait(limited)
	if ctx.Err() != nil {
		return refusal{how: notJudged, err: ctx.Err()}
	}
	if exit == nil {
		seen := refusal{how: stillRuns, waited: wait}
		if addresses, listErr := life.Listeners(ctx); listErr == nil {
			seen.elsewhere = list(addresses)
		}
		return seen
	}
	_ = err // an ended Blender is what was hoped for
	return judgeRefusal(exit, wholeLog(life), words)
}

// judgeRefusal looks at how it ended and what it said.
func judgeRefusal(exit *harness.Exit, log, words []string) refusal {
	seen := refusal{log: log}
	switch {
	case exit.Signal != nil:
		seen.how = diedOfSignal
		return seen
	case exit.Code == 0:
		seen.how = endedWell
		return seen
	}
	seen.how = saidNothing
	for _, line := range log {
		if mentions([]string{line}, words...) {
			seen.how, seen.said = refusedWell, strings.TrimSpace(line)
		}
	}
	return seen
}

// mentions says whether a line holds one of the words, as a whole word.
func mentions(lines []string, words ...string) bool {
	for _, word := range words {
		if word == "" {
			continue
		}
		pattern := regexp.MustCompile(`(?i)(^|[^\w-])` + regexp.QuoteMeta(word) + `($|[^\w])`)
		if slices.ContainsFunc(lines, pattern.MatchString) {
			return true
		}
	}
	return false
}

// wholeLog is all output of an ended life, in lines.
func wholeLog(life *Life) []string {
	lines, _, err := life.Log().Since(0)
	if err != nil {
		return life.Log().Tail(1000)
	}
	return lines
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
