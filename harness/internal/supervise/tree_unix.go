//go:build unix && !linux

package supervise

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/usage"
)

// tree is Blender and its process group. A descendant that leaves the group is
// not found here: there is no subreaper.
type tree struct {
	process *os.Process
	done    chan struct{}
	mu      sync.Mutex
	reaped  bool
	wait    syscall.WaitStatus
}

func startTree(o Order) (*tree, error) {
	p, err := startProcess(o, &syscall.SysProcAttr{Setpgid: true})
	if err != nil {
		return nil, err
	}
	t := &tree{process: p, done: make(chan struct{})}
	go func() {
		state, err := p.Wait()
		t.mu.Lock()
		defer t.mu.Unlock()
		t.reaped = true
		if err == nil {
			t.wait, _ = state.Sys().(syscall.WaitStatus)
		}
		close(t.done)
	}()
	return t, nil
}

func (t *tree) pid() int               { return t.process.Pid }
func (t *tree) ended() <-chan struct{} { return t.done }

func (t *tree) status() (code, sig int) {
	if t.wait.Signaled() {
		return -1, int(t.wait.Signal())
	}
	return t.wait.ExitStatus(), 0
}

func (t *tree) signal(sig int) error { return t.process.Signal(syscall.Signal(sig)) }

// left lists the living members of Blender's group. A group that has members
// keeps its number from being given away, so the list is ours.
func (t *tree) left(d time.Duration, cut <-chan struct{}) []usage.Proc {
	if len(t.group()) == 0 {
		return nil
	}
	select {
	case <-time.After(d):
	case <-cut:
		return nil
	}
	return t.group()
}

func (t *tree) group() []usage.Proc {
	out, err := exec.Command("ps", "-A", "-o", "pid=,ppid=,pgid=,stat=,command=").Output()
	if err != nil {
		return nil
	}
	var list []usage.Proc
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 5 || f[2] != strconv.Itoa(t.process.Pid) || strings.HasPrefix(f[3], "Z") {
			continue
		}
		pid, _ := strconv.Atoi(f[0])
		ppid, _ := strconv.Atoi(f[1])
		list = append(list, usage.Proc{PID: pid, PPID: ppid, Name: f[4], Command: strings.Join(f[4:], " ")})
	}
	return list
}

// killAll kills the group until it has no member.
func (t *tree) killAll() {
	for {
		t.mu.Lock()
		reaped := t.reaped
		t.mu.Unlock()
		if reaped && len(t.group()) == 0 {
			return
		}
		err := syscall.Kill(-t.process.Pid, syscall.SIGKILL)
		if errors.Is(err, syscall.ESRCH) && reaped {
			return
		}
		select {
		case <-t.done:
		case <-time.After(20 * time.Millisecond):
		}
	}
}
