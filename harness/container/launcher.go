package container

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// launcherFiles is the launcher: a folder that Python runs.
//
//go:embed launcher/*.py
var launcherFiles embed.FS

// launcherPath is where the launcher lies below the instance's folder.
const launcherPath = "run/launcher"

// request is a line to the launcher.
type request struct {
	ID     int    `json:"id"`
	Do     string `json:"do"` // signal, kill, sample, listeners, read, mode or relay
	Signal int    `json:"signal,omitempty"`
	Path   string `json:"path,omitempty"`
	Port   int    `json:"port,omitempty"`
}

// event is a line from the launcher: started, failed, ended and done, once each,
// and a reply to every request.
type event struct {
	Event  string       `json:"event"`
	PID    int          `json:"pid"`
	Error  string       `json:"error"`
	Code   int          `json:"code"`
	Signal int          `json:"signal"`
	OOM    bool         `json:"oom"`
	Left   []usage.Proc `json:"left"`
	reply
}

type reply struct {
	ID        int          `json:"id"`
	Problem   string       `json:"-"`
	Sample    usage.Sample `json:"sample"`
	Listeners []string     `json:"listeners"`
	Content   []byte       `json:"content"`
	Missing   bool         `json:"missing"` // the file to read or look at
	Mode      uint32       `json:"mode"`    // as stat(2) gives it
}

// eventLines cuts a stream into lines of JSON. What is none (a traceback of the
// launcher's own) goes to the log.
type eventLines struct {
	tell    func(event)
	log     io.Writer
	partial []byte
}

func (w *eventLines) Write(p []byte) (int, error) {
	for rest := p; ; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		w.partial = append(w.partial, line...)
		if !whole {
			return len(p), nil
		}
		rest = after
		var e event
		if json.Unmarshal(w.partial, &e) == nil {
			w.tell(e)
		} else {
			_, _ = fmt.Fprintf(w.log, "launcher: %s\n", w.partial)
		}
		w.partial = nil
	}
}

// hear takes one event. It is called by watch's goroutine alone, so that the
// status needs no lock until done is closed.
func (p *process) hear(e event) {
	switch e.Event {
	case "started":
		p.mu.Lock()
		p.inside = e.PID
		p.mu.Unlock()
		p.started <- nil
	case "failed":
		p.started <- fault.Machinef("start Blender in a container: %s", e.Error)
	case "reply":
		p.mu.Lock()
		waiting := p.replies[e.ID]
		delete(p.replies, e.ID)
		p.mu.Unlock()
		if waiting != nil {
			e.Problem = e.Error
			waiting <- e.reply
		}
	case "ended":
		p.status.Ended, p.status.Code, p.status.OOM = time.Now(), e.Code, e.OOM
		if e.Signal != 0 {
			p.status.Signal = syscall.Signal(e.Signal)
		}
	case "done":
		p.status.Left = e.Left
		close(p.ended)
		go p.letGo()
	}
}

// letGo fetches the files and cuts the tether: the launcher ends, the engine
// removes the container.
func (p *process) letGo() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := p.copyOut(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.outErr = err
	p.cut = true
	if p.connection.CloseWrite() != nil {
		p.connection.Close()
	}
}

// errAnswer is what the launcher could not do.
var errAnswer = errors.New("the launcher could not do it")

// ask sends a request and waits for its reply.
func (p *process) ask(ctx context.Context, r request) (reply, error) {
	waiting := make(chan reply, 1)
	p.mu.Lock()
	if p.cut {
		p.mu.Unlock()
		return reply{}, os.ErrProcessDone
	}
	p.next++
	r.ID = p.next
	p.replies[r.ID] = waiting
	line, err := json.Marshal(r)
	if err == nil {
		_, err = p.connection.Conn.Write(append(line, '\n'))
	}
	p.mu.Unlock()
	if err != nil {
		return reply{}, fault.Machinef("ask the launcher in the container: %w", err)
	}
	select {
	case answer, ok := <-waiting:
		switch {
		case !ok, strings.Contains(answer.Problem, "has ended"), strings.Contains(answer.Problem, "No such process"):
			return reply{}, os.ErrProcessDone
		case answer.Problem != "":
			return reply{}, fault.Machinef("%w: %s", errAnswer, answer.Problem)
		}
		return answer, nil
	case <-ctx.Done():
		p.mu.Lock()
		delete(p.replies, r.ID)
		p.mu.Unlock()
		return reply{}, context.Cause(ctx)
	}
}
