package supervise

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/owner"
	"github.com/bgcheck/bgcheck/harness/internal/process"
)

// start starts the supervisor, with the three pipes that lead to it, and gives
// it its order.
func (p *Process) start(o Order, output io.Writer) error {
	program, err := process.Program()
	if err != nil {
		return err
	}
	line, err := json.Marshal(o)
	if err != nil {
		return err
	}
	var ends [6]*os.File // read and write ends of tether, status and output
	for i := 0; i < len(ends); i += 2 {
		if ends[i], ends[i+1], err = os.Pipe(); err != nil {
			closeAll(ends[:])
			return err
		}
	}
	p.supervisor = &exec.Cmd{
		Path: program, Args: []string{supervisorName},
		Stdin: ends[0], Stdout: ends[3], Stderr: ends[5],
	}
	detach(p.supervisor)
	if o.Input == "wire" {
		if p.supervisor.ExtraFiles, err = p.wire(); err != nil {
			closeAll(ends[:])
			return err
		}
	}
	if err := p.supervisor.Start(); err != nil {
		closeAll(append(ends[:], p.supervisor.ExtraFiles...))
		closeAll([]*os.File{p.Stdin, p.Stdout})
		return err
	}
	closeAll(p.supervisor.ExtraFiles)
	closeAll([]*os.File{ends[0], ends[3], ends[5]})
	p.tether = ends[1]
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		drain(ends[4], output)
	}()
	go p.watch(ends[2], ends[4], drained, o.keeps())
	if _, err := p.tether.Write(append(line, '\n')); err != nil {
		p.cut() // it has ended; watch tells why
	}
	return nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			_ = f.Close()
		}
	}
}

// drain copies Blender's output until all its writers are gone.
func drain(from *os.File, to io.Writer) {
	buffer := make([]byte, 256<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 {
			_, _ = to.Write(buffer[:n]) // a log that cannot be written must not block Blender
		}
		if err != nil {
			return
		}
	}
}

// watch reads the supervisor's reports to their end. One that keeps something for
// the time after it is reaped at Close.
func (p *Process) watch(reports, output *os.File, drained <-chan struct{}, keeps bool) {
	p.end = End{Code: -1}
	announced, ended, complete := false, false, false
	for lines := bufio.NewReader(reports); !complete || !keeps; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var r report
		if json.Unmarshal(line, &r) != nil {
			continue // another package's init prints
		}
		switch r.Event {
		case eventStarted:
			announced = true
			p.pid = r.PID
			if r.Error != "" {
				p.started <- fault.Machinef("start Blender: %s", r.Error)
			} else {
				p.started <- nil
			}
		case eventSignalled:
			p.mu.Lock()
			if answer, ok := p.answers[r.Request]; ok {
				answer <- r.Error
				delete(p.answers, r.Request)
			}
			p.mu.Unlock()
		case eventEnded:
			ended = true
			p.end.Ended, p.end.Code = time.Now(), r.Code
			if r.Signal != 0 {
				p.end.Signal = syscall.Signal(r.Signal)
			}
		case eventDone:
			p.end.Left = r.Left
			complete = true
		}
	}
	_ = reports.Close()
	var err error
	if complete && keeps {
		go func() { p.reaped <- p.supervisor.Wait() }()
	} else {
		p.cut()
		err = p.supervisor.Wait()
		p.reaped <- err
	}
	if !ended && p.pid != 0 {
		p.end.Ended = time.Now()
		p.end.Err = fault.Machinef("the supervisor of Blender ended before Blender: %v", err)
		owner.KillMarked(p.id)
	}
	if !announced {
		p.started <- fault.Machinef("start supervisor: it ended at once: %v", err)
	}
	// All writers are dead, unless one escaped where there is no subreaper.
	_ = output.SetReadDeadline(time.Now().Add(2 * time.Second))
	<-drained
	_ = output.Close()
	close(p.done)
}

// cut ends the tether, upon which the supervisor kills everything.
func (p *Process) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tether != nil {
		p.write(request{Goodbye: true})
		_ = p.tether.Close()
		p.tether = nil
	}
}

// tell sends a request that has no answer.
func (p *Process) tell(r request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tether != nil {
		p.write(r)
	}
}

func (p *Process) write(r request) {
	if line, err := json.Marshal(r); err == nil {
		_, _ = p.tether.Write(append(line, '\n')) // one that has ended needs none
	}
}

// ask sends a request to the supervisor; its answer comes on the channel.
func (p *Process) ask(sig int) (<-chan string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tether == nil {
		return nil, os.ErrProcessDone
	}
	p.requests++
	line, err := json.Marshal(request{Number: p.requests, Signal: sig})
	if err != nil {
		return nil, err
	}
	answer := make(chan string, 1)
	p.answers[p.requests] = answer
	if _, err = p.tether.Write(append(line, '\n')); err != nil {
		delete(p.answers, p.requests)
		if errors.Is(err, syscall.EPIPE) {
			return nil, os.ErrProcessDone
		}
		return nil, fault.Machinef("ask the supervisor: %w", err)
	}
	return answer, nil
}
