package contract

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/otherside"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/service"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Life is one Blender of a session with the target's service in it.
type Life struct {
	*harness.Blender
	session *Session

	mu   sync.Mutex // guards what follows
	addr string     // host:port, known once it has answered
	made map[*target.Exchange]*Exchange
	// photos are what it did when it was looked at last, posed when it was first, and
	// texts the files in them.
	photos []explain.Photo
	posed  time.Time
	texts  map[string][]string
	// masks are what it did with signals just before it was asked to end.
	masks explain.Masks
	// hungers are two moments of the last seconds in which it was asked, the older first.
	hungers [2]Hunger

	// plain: launched as the target file says, with nothing changed.
	plain bool
	// wire is where its standard input and output are the wire; nil otherwise.
	wire  *service.Stdio
	asked atomic.Bool
	// answered requests, of all kinds.
	answered atomic.Int64
	// side is whom a worker asks for work; nil of other targets.
	side *otherside.Side
	// busy is held while the worker does a job that stands for a request.
	busy chan struct{}
	// course is what happens in it, and when; nil where nobody asks.
	course *course
}

// Alive says whether the process has not ended.
func (l *Life) Alive() bool {
	select {
	case <-l.Done():
		return false
	default:
		return true
	}
}

// AskedToEnd notes that a check has asked it to end in a way of its own, so that
// its end is not taken for a fault. End does so by itself.
func (l *Life) AskedToEnd() { l.asked.Store(true) }

func (l *Life) wasAsked() bool { return l.asked.Load() }

// Addr is the service's host:port; "" before its first answer.
func (l *Life) Addr() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.addr
}

// stacksFile is where the witness has Python write the stacks of all threads.
const stacksFile = "stacks"

// Wire is the client of a life whose standard input and output are the wire; nil
// of others.
func (l *Life) Wire() *service.Stdio { return l.wire }

// witness reads what the witness inside Blender has written so far. No file is
// no events: Blender ended before it ran a script.
func (l *Life) witness(ctx context.Context) ([]explain.Event, error) {
	text, err := l.ReadScratch(ctx, "witness.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read witness: %w", err)
	}
	var events []explain.Event
	for line := range strings.Lines(string(text)) {
		var e explain.Event
		if json.Unmarshal([]byte(line), &e) == nil {
			events = append(events, e)
		}
	}
	return events, nil
}

// Saw returns the witness's events of one kind; for an add-on's events those
// of the target's own module.
func (l *Life) Saw(ctx context.Context, kind string) []explain.Event {
	events, _ := l.witness(ctx)
	return explain.Facts{Target: l.session.target, Events: events}.Saw(kind)
}

// Facts are what is known of the life, to look for a cause with.
func (l *Life) Facts(ctx context.Context) explain.Facts {
	events, _ := l.witness(ctx)
	facts := explain.Facts{
		Target: l.session.target, Backend: l.session.backend.Name(), Source: l.session.Source(),
		Exit: l.Exit(), Log: l.Log().Tail(200), Events: events,
		Served: l.answered.Load() > 1 || l.side != nil && l.ReadyAfter() > 0,
	}
	l.mu.Lock()
	facts.Photos, facts.Lines, facts.Posed, facts.Signals = l.photos, l.texts, l.posed, l.masks
	l.mu.Unlock()
	if l.shot() {
		return facts
	}
	if facts.Exit != nil && facts.Exit.CrashFile != "" {
		text, _ := os.ReadFile(facts.Exit.CrashFile) // without it the cause is told less well
		facts.Crash = explain.ReadCrash(string(text))
	}
	if facts.Exit != nil && facts.Exit.Signal != nil {
		text, _ := l.ReadScratch(ctx, stacksFile)
		crashed := explain.CrashStack(string(text))
		facts.CrashThread = crashed.Ident
		if facts.Crash == nil {
			facts.Crash = crashed.Frames
		}
	}
	return facts
}

// Died is the failure of a check under which the life, which has ended, ended by
// itself; seen says what was done to it.
func (l *Life) Died(ctx context.Context, seen string, evidence ...string) report.Result {
	cause := explain.Death(l.Facts(ctx))
	return Because(seen+": "+explain.HowEnded(l.Exit()), cause, evidence...)
}

// shot says whether the life has ended by being photographed: the signal ends a wait,
// and Python's faulthandler may crash where another thread runs.
func (l *Life) shot() bool {
	exit := l.Exit()
	l.mu.Lock()
	defer l.mu.Unlock()
	return exit != nil && !l.posed.IsZero() && exit.At.After(l.posed) && exit.Signal != syscall.SIGKILL
}

// evidence is how the life ended, the end of its log, and where the rest is.
func (l *Life) evidence() []string {
	var lines []string
	if exit := l.Exit(); exit != nil {
		if l.shot() {
			lines = append(lines, "exit: none until bgcheck looked at its stacks; the signal for that ended it: "+explain.HowEnded(exit))
		} else {
			lines = append(lines, "exit: "+explain.HowEnded(exit))
		}
		if exit.CrashFile != "" && !l.shot() {
			lines = append(lines, "crash file: "+exit.CrashFile)
		}
		for _, proc := range exit.Left {
			lines = append(lines, fmt.Sprintf("left running: %d %s %s", proc.PID, proc.Name, proc.Command))
		}
	} else {
		lines = append(lines, "exit: none, it runs")
	}
	for _, line := range l.Log().Tail(20) {
		lines = append(lines, "log: "+line)
	}
	if path := l.Log().Path(); path != "" && l.session.scratch == "" {
		lines = append(lines, "whole log: "+path)
	}
	return lines
}

func without(lives []*Life, life *Life) []*Life {
	return slices.DeleteFunc(slices.Clone(lives), func(l *Life) bool { return l == life })
}
