package display

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/process"
)

// openerName is what the program calls itself while it starts an X server:
// it is run again under that name, as the supervisor's child, and then becomes
// Blender. So Blender is the supervisor's child as ever and the X server is
// Blender's, and PDEATHSIG ends it with Blender, whatever ends that.
const openerName = "bgcheck-window"

// Files of the instance's run/ folder.
const (
	displayName = "display.txt" // the X server's number, once it answers
	xvfbLogName = "xvfb.txt"    // what it said
)

func init() {
	if len(os.Args) > 3 && os.Args[0] == openerName {
		err := open(os.Args[1], os.Args[2], os.Args[3:])
		fmt.Fprintln(os.Stderr, "open a window:", err)
		os.Exit(1)
	}
}

// Find is the path of Xvfb.
func Find() (string, error) {
	path, err := exec.LookPath("Xvfb")
	if err != nil {
		return "", fault.Machinef("open a window: there is no Xvfb in PATH; install it: %s", Remedy)
	}
	return filepath.Abs(path)
}

// Through is the program, with its arguments, that is started in Blender's place:
// it starts an X server for the instance whose folder is dir, and then becomes
// Blender, whose command line follows the arguments.
func Through(xvfb, dir string) (program string, args []string, err error) {
	program, err = process.Program()
	if err != nil {
		return "", nil, fault.Machinef("open a window: %w", err)
	}
	return program, []string{openerName, filepath.Join(dir, "run"), xvfb}, nil
}

// open starts an X server, waits until it answers, and becomes Blender.
// It returns only an error. It runs on the main thread, as every init does: the
// X server's PDEATHSIG is about that one.
func open(run, xvfb string, blender []string) error {
	ready, number, err := os.Pipe()
	if err != nil {
		return err
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	said, err := os.Create(filepath.Join(run, xvfbLogName))
	if err != nil {
		return err
	}
	if _, err := syscall.ForkExec(xvfb, []string{xvfb, "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp"}, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{null.Fd(), said.Fd(), said.Fd(), number.Fd()},
		Sys:   &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL},
	}); err != nil {
		return fmt.Errorf("start %s: %w", xvfb, err)
	}
	_ = number.Close()
	line, err := bufio.NewReader(ready).ReadString('\n')
	if err != nil {
		return errors.New("the X server ended at once")
	}
	display := strings.TrimSpace(line)
	if err := os.WriteFile(filepath.Join(run, displayName), []byte(display+"\n"), 0o644); err != nil {
		return err
	}
	if err := os.Setenv("DISPLAY", ":"+display); err != nil {
		return err
	}
	return fmt.Errorf("start %s: %w", blender[0], syscall.Exec(blender[0], blender, os.Environ()))
}

// WhyNone is the fault of the machine for which a Blender that did not end
// well had no window; nil when it had one.
func WhyNone(dir string) error {
	said, _ := os.ReadFile(filepath.Join(dir, "run", xvfbLogName))
	if _, err := os.Stat(filepath.Join(dir, "run", displayName)); err != nil || bytes.Contains(said, []byte("Fatal server error")) {
		return fault.Machinef("open a window: the X server did not start or broke down: %.300q", bytes.TrimSpace(said))
	}
	log, err := os.Open(filepath.Join(dir, instance.LogName))
	if err != nil {
		return nil
	}
	defer func() { _ = log.Close() }()
	head, _ := io.ReadAll(io.LimitReader(log, 64<<10))
	// The second is libepoxy's, with which Blender 5.2 dies of SIGABRT.
	if bytes.Contains(head, []byte("Unsupported graphics card or driver")) || bytes.Contains(head, []byte("Couldn't open libGL")) {
		return fault.Machinef("open a window: there is no OpenGL for Blender; install it: %s", Remedy)
	}
	return nil
}

// Forget removes the socket that an X server leaves when it is killed,
// and nothing that is in use.
func Forget(dir string) {
	text, err := os.ReadFile(filepath.Join(dir, "run", displayName))
	if err != nil {
		return
	}
	number, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return
	}
	socket := "/tmp/.X11-unix/X" + strconv.Itoa(number)
	for _, name := range []string{"@" + socket, socket} {
		c, err := net.Dial("unix", name)
		if err == nil {
			_ = c.Close()
			return // another X server's by now
		}
		if name == socket && errors.Is(err, unix.ECONNREFUSED) {
			if info, err := os.Lstat(socket); err == nil && process.OwnedByUs(info) {
				_ = os.Remove(socket)
			}
		}
	}
}
