package supervise

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// tree is Blender and everything that descends from the supervisor.
type tree struct {
	blender int
	done    chan struct{}

	// mu keeps signals and reaping apart: while it is held, no PID of a child
	// can become free, so none can come to mean another process.
	mu     sync.Mutex
	reaped bool
	wait   syscall.WaitStatus
	// gone is closed and replaced whenever children have been reaped.
	gone chan struct{}
}

func startTree(o Order) (*tree, error) {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("become subreaper: %w", err)
	}
	in, err := input(o.Input)
	if err != nil {
		return nil, err
	}
	stdin := ^uintptr(0) // none
	if in != nil {
		stdin = in.Fd()
		defer func() { _ = in.Close() }()
	}

	out, done := output(o.Input)
	defer done()
	if o.Input == "wire" {
		unix.CloseOnExec(wireIn)
		unix.CloseOnExec(wireOut)
	}

	children := make(chan os.Signal, 1)
	signal.Notify(children, unix.SIGCHLD)
	pid, err := syscall.ForkExec(o.Path, o.Args, &syscall.ProcAttr{
		Dir:   o.Dir,
		Env:   o.Env,
		Files: []uintptr{stdin, out.Fd(), os.Stderr.Fd()},
		Sys:   &syscall.SysProcAttr{Setpgid: true, Pdeathsig: unix.SIGKILL},
	})
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Path, err)
	}
	t := &tree{blender: pid, done: make(chan struct{}), gone: make(chan struct{})}
	go func() {
		t.reap()
		for range children {
			t.reap()
		}
	}()
	return t, nil
}

// reap takes the status of every child that has ended, adopted ones too.
func (t *tree) reap() {
	t.mu.Lock()
	defer t.mu.Unlock()
	any := false
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if pid <= 0 || err != nil {
			break
		}
		any = true
		if pid == t.blender && !t.reaped {
			t.reaped, t.wait = true, ws
			close(t.done)
		}
	}
	if any {
		close(t.gone)
		t.gone = make(chan struct{})
	}
}

func (t *tree) pid() int               { return t.blender }
func (t *tree) ended() <-chan struct{} { return t.done }

// status is valid after ended.
func (t *tree) status() (code, sig int) {
	if t.wait.Signaled() {
		return -1, int(t.wait.Signal())
	}
	return t.wait.ExitStatus(), 0
}

func (t *tree) signal(sig int) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.reaped {
		return os.ErrProcessDone
	}
	return syscall.Kill(t.blender, syscall.Signal(sig))
}

// left lists the descendants that still run when Blender has ended and they
// have had d to end as well. When cut closes first the harness wants no list.
func (t *tree) left(d time.Duration, cut <-chan struct{}) []usage.Proc {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for over := false; ; {
		t.mu.Lock()
		gone := t.gone
		t.mu.Unlock()
		alive, err := procfs.Descendants(os.Getpid())
		if err != nil || len(alive) == 0 {
			return nil
		}
		if over {
			list := make([]usage.Proc, len(alive))
			for i, s := range alive {
				list[i] = usage.Proc{PID: s.PID, PPID: s.PPID, Name: s.Name, Command: procfs.Command(s.PID, 200)}
			}
			return list
		}
		select {
		case <-gone:
		case <-timer.C:
			over = true
		case <-cut:
			return nil
		}
	}
}

// killAll kills what descends from the supervisor, again and again until
// nothing is left: a process that forks while it is being killed leaves
// children that the next round finds.
func (t *tree) killAll() {
	self := os.Getpid()
	for {
		t.mu.Lock()
		gone := t.gone
		t.mu.Unlock()
		alive, err := procfs.Descendants(self)
		if err != nil { // no /proc: what we started is all we know
			_ = t.signal(int(unix.SIGKILL))
			return
		}
		if len(alive) == 0 {
			return
		}
		ours := make(map[int]bool, len(alive)+1)
		ours[self] = true
		for _, s := range alive {
			ours[s.PID] = true
		}
		for _, s := range alive {
			// Its parent is one of ours or, when that has just ended, we are.
			_ = s.Kill(unix.SIGKILL, func(now procfs.Stat) bool { return ours[now.PPID] })
		}
		select {
		case <-gone:
		case <-time.After(20 * time.Millisecond): // grandchildren are not ours to reap
		}
	}
}
