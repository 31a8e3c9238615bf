package supervise

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
	"unsafe"

	"github.com/bgcheck/bgcheck/harness/usage"
	"golang.org/x/sys/windows"
)

// tree is Blender and the job object that the supervisor has put itself into.
// Everything it starts is in the job from birth; when the last handle of the
// job closes, which is when the supervisor ends in whatever way, Windows kills
// all that is in it.
type tree struct {
	process *os.Process
	job     windows.Handle
	done    chan struct{}
	code    int
}

func startTree(o Order) (*tree, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("create job object: %w", err)
	}
	info := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{}
	info.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	if _, err := windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&info)), uint32(unsafe.Sizeof(info))); err != nil {
		return nil, fmt.Errorf("set up job object: %w", err)
	}
	if err := windows.AssignProcessToJobObject(job, windows.CurrentProcess()); err != nil {
		return nil, fmt.Errorf("enter job object: %w", err)
	}
	p, err := startProcess(o, &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP})
	if err != nil {
		return nil, err
	}
	t := &tree{process: p, job: job, done: make(chan struct{}), code: -1}
	go func() {
		if state, err := p.Wait(); err == nil {
			t.code = state.ExitCode()
		}
		close(t.done)
	}()
	return t, nil
}

func (t *tree) pid() int                { return t.process.Pid }
func (t *tree) ended() <-chan struct{}  { return t.done }
func (t *tree) status() (code, sig int) { return t.code, 0 }

// signal knows two of Unix's: SIGINT and SIGTERM become Ctrl-Break for
// Blender's group, which Python sees as SIGBREAK; SIGKILL ends the process.
func (t *tree) signal(sig int) error {
	switch syscall.Signal(sig) {
	case syscall.SIGINT, syscall.SIGTERM:
		return windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(t.process.Pid))
	case syscall.SIGKILL:
		return t.process.Kill()
	}
	return fmt.Errorf("send signal %d: Windows has SIGINT, SIGTERM and SIGKILL only", sig)
}

func (t *tree) left(d time.Duration, cut <-chan struct{}) []usage.Proc {
	if len(t.members()) == 0 {
		return nil
	}
	select {
	case <-time.After(d):
	case <-cut:
		return nil
	}
	var list []usage.Proc
	for _, pid := range t.members() {
		list = append(list, usage.Proc{PID: pid})
	}
	return list
}

// members are the processes of the job beside the supervisor.
func (t *tree) members() []int {
	var list struct {
		assigned, listed uint32
		pids             [1024]uintptr
	}
	if err := windows.QueryInformationJobObject(t.job, windows.JobObjectBasicProcessIdList,
		uintptr(unsafe.Pointer(&list)), uint32(unsafe.Sizeof(list)), nil); err != nil {
		return nil
	}
	var found []int
	for _, pid := range list.pids[:min(list.listed, uint32(len(list.pids)))] {
		if int(pid) != os.Getpid() {
			found = append(found, int(pid))
		}
	}
	return found
}

// killAll ends the members one by one; those that are born meanwhile end with
// the supervisor.
func (t *tree) killAll() {
	_ = t.process.Kill()
	for _, pid := range t.members() {
		if h, err := windows.OpenProcess(windows.PROCESS_TERMINATE, false, uint32(pid)); err == nil {
			_ = windows.TerminateProcess(h, 1)
			_ = windows.CloseHandle(h)
		}
	}
}

// detach keeps the console, which Ctrl-Break needs, and leaves the harness's
// group, so that a Ctrl-C there does not reach the supervisor.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}
