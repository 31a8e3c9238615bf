package supervise

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// The supervisor stands between the harness and Blender, so that Blender and
// all that descends from it end with the harness, even when that is killed with
// -9. It is the running program itself, started again under another name.
//
// Standard input is the tether: one line of JSON, the order; then requests, one
// a line; its end of file means that the harness is gone, or wants everything
// killed. Standard output carries reports, one a line of JSON. Standard error is
// Blender's output.
//
// What ends what:
//   - the harness ends in any way: the tether ends, the supervisor kills the
//     tree until nothing is left of it, and removes the folder that was to go;
//   - Blender ends in any way: the supervisor lists what still runs, kills it,
//     reports, and ends, or waits for the end of the tether where something is
//     to go then;
//   - the supervisor is killed: Linux kills Blender (PDEATHSIG), a Windows job
//     object kills the tree; the harness notices and kills the rest by its mark.
//
// On Linux the supervisor is a subreaper, so that double-forked and setsid'ed
// descendants stay its own. Other Unixes have no such thing: there the process
// group is all that is found. The code for Windows and for the other Unixes
// compiles and is vetted, but has not been run.
const supervisorName = "bgcheck-supervisor"

// settle is how long descendants that were about to end anyway (a helper whose
// pipe from Blender has just closed) are given before they count as left.
const settle = time.Second

func init() {
	if len(os.Args) == 1 && os.Args[0] == supervisorName {
		os.Exit(supervise(os.Stdin, os.Stdout))
	}
}

// Order is what to start.
type Order struct {
	Path string   `json:"path"`
	Args []string `json:"args"` // with argv[0]
	Env  []string `json:"env"`
	Dir  string   `json:"dir"`
	// Input is "closed", "silent" (open, and nobody writes), "wire" (it and standard
	// output are the harness's), or empty: at its end.
	Input string `json:"input,omitempty"`
	// Remove is a folder that goes when the harness has ended without a word: then
	// nobody else does it. One that is not there is made before the start. "": none.
	Remove string `json:"remove,omitempty"`
	// Link is a link to LinkTo that is made before the start, unless it is there, and
	// goes as Remove does. "": none.
	Link   string `json:"link,omitempty"`
	LinkTo string `json:"linkTo,omitempty"`
}

// keeps says whether something is to be removed when the harness ends without a word.
func (o Order) keeps() bool { return o.Remove != "" || o.Link != "" }

// request asks for a signal to Blender alone, or for the end of the whole tree, or
// says that the end of the tether, which follows, is meant.
type request struct {
	Number  int  `json:"number"`
	Signal  int  `json:"signal"`
	Kill    bool `json:"kill,omitempty"`
	Goodbye bool `json:"goodbye,omitempty"`
}

// report is one line from the supervisor.
type report struct {
	Event string `json:"event"`
	// signalled: which request is answered
	Request int `json:"request,omitempty"`
	// started
	PID   int    `json:"pid,omitempty"`
	Error string `json:"error,omitempty"`
	// ended
	Code   int `json:"code"`
	Signal int `json:"signal,omitempty"`
	// done
	Left []usage.Proc `json:"left,omitempty"`
}

// The events, in order. signalled answers a request; its Error is empty when
// the signal was sent.
const (
	eventStarted   = "started"
	eventSignalled = "signalled"
	eventEnded     = "ended"
	eventDone      = "done"
)

// supervise does the supervisor's whole work and returns its exit code.
func supervise(tether io.Reader, status io.Writer) int {
	// PDEATHSIG acts when the thread that started Blender ends: that has to be
	// the main thread, which lives as long as the process.
	runtime.LockOSThread()
	// A Ctrl-C in the terminal must not end the supervisor before its duty.
	// Caught, not ignored: an ignored signal would be inherited by Blender, a
	// caught one is reset to its default there - also one that the harness itself
	// was started with ignored, as shells do for "command &".
	signal.Notify(make(chan os.Signal, 1))

	var mu sync.Mutex
	say := func(r report) {
		line, err := json.Marshal(r)
		if err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		_, _ = status.Write(append(line, '\n')) // nobody listens: the tether tells
	}

	lines := bufio.NewReader(tether)
	var o Order
	if line, err := lines.ReadBytes('\n'); err != nil {
		return 1 // cut before anything was started
	} else if err := json.Unmarshal(line, &o); err != nil {
		say(report{Event: eventStarted, Error: "read order: " + err.Error()})
		return 1
	}
	if o.Remove != "" {
		_ = os.MkdirAll(o.Remove, 0o700) // where that fails, so does the start
	}
	if o.Link != "" {
		_ = os.Symlink(o.LinkTo, o.Link) // the same
	}
	t, err := startTree(o)
	if err != nil {
		say(report{Event: eventStarted, Error: err.Error()})
		return 1
	}
	say(report{Event: eventStarted, PID: t.pid()})

	cut, kill := make(chan struct{}), make(chan struct{})
	alone := true // no goodbye has come; read after cut
	killOnce := sync.OnceFunc(func() { close(kill) })
	go func() {
		defer close(cut)
		defer killOnce()
		for {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			var r request
			if json.Unmarshal(line, &r) != nil {
				continue
			}
			if r.Goodbye {
				alone = false
				continue
			}
			if r.Kill {
				killOnce()
				continue
			}
			answer := report{Event: eventSignalled, Request: r.Number}
			if err := t.signal(r.Signal); err != nil {
				answer.Error = err.Error()
			}
			say(answer)
		}
	}()

	select {
	case <-t.ended():
	case <-kill:
		t.killAll()
		<-t.ended()
	}
	code, sig := t.status()
	say(report{Event: eventEnded, Code: code, Signal: sig})
	left := t.left(settle, kill)
	t.killAll()
	say(report{Event: eventDone, Left: left})
	if !o.keeps() {
		return 0
	}
	_ = os.Stderr.Close() // Blender's output is complete
	<-cut                 // the harness has no more use for the folder
	if !alone {
		return 0
	}
	if o.Link != "" {
		_ = os.Remove(o.Link)
	}
	if o.Remove != "" {
		_ = os.RemoveAll(o.Remove)
	}
	return 0
}
