package port

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// Ports are reserved from this range where the kernel's ephemeral range leaves
// it alone: nobody is given one of them by asking for port 0, or as the near
// end of a connection. It leaves out 23333, tcp_echo's default, so that a
// service that ignores the port it was given is not ready by accident.
const (
	lowestPort  = 24000
	highestPort = 32767
	portTries   = 500
)

// Reservation holds a port against every other harness on this machine, by a
// lock on a file that the kernel drops when the program ends.
type Reservation struct {
	// Port is the number.
	Port int
	lock *os.File
}

// Reserve reserves a port for a service that cannot ask for port 0 itself. No
// other bgcheck program on this machine gets it before Release is called or the
// program ends. The port lies outside the kernel's ephemeral range and was
// bindable on every address, with no connection of an earlier service lingering
// on it. Errors wrap fault.ErrMachine.
func Reserve() (*Reservation, error) {
	folder := portFolder()
	if err := makePortFolder(folder); err != nil {
		return nil, err
	}
	low, high := portRange()
	var last error
	for range portTries {
		port := low + rand.IntN(high-low+1)
		lock, err := lockFile(filepath.Join(folder, strconv.Itoa(port)))
		if err != nil {
			last = err
			continue // another harness has it, perhaps another user's
		}
		r := &Reservation{Port: port, lock: lock}
		if err := bindable(port); err != nil {
			last = err
			r.Release()
			continue
		}
		return r, nil
	}
	return nil, fault.Machinef("reserve a port: none of %d tried between %d and %d is free (locks in %s): %w",
		portTries, low, high, folder, last)
}

// Lock is the file that is locked as long as the port is reserved.
func (r *Reservation) Lock() string { return r.lock.Name() }

// Release gives the port back. It may be called twice, and of nil.
func (r *Reservation) Release() {
	if r != nil && r.lock != nil {
		unlockFile(r.lock)
		r.lock = nil
	}
}

// makePortFolder makes the folder of lock files, writable for every user.
func makePortFolder(folder string) error {
	err := os.Mkdir(folder, 0o777)
	if err == nil {
		err = os.Chmod(folder, 0o777|fs.ModeSticky) // the umask does not count
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fault.Machinef("make the folder of port locks: %w", err)
	}
	info, err := os.Lstat(folder)
	if err != nil {
		return fault.Machinef("find the folder of port locks: %w", err)
	}
	if !info.IsDir() {
		return fault.Machinef("use %s for port locks: it is not a folder: remove it", folder)
	}
	return nil
}

// portRange is the wider part of lowestPort..highestPort that lies outside the
// ephemeral range, or all of it where next to nothing would be left.
func portRange() (low, high int) {
	first, last := ephemeralRange()
	low, high = lowestPort, highestPort
	switch {
	case last < low || first > high:
	case first-low >= high-last:
		high = first - 1
	default:
		low = last + 1
	}
	if high-low < 100 {
		return lowestPort, highestPort
	}
	return low, high
}

// bindable tries the port on every address. Without SO_REUSEADDR the kernel
// also refuses a port on which connections of an earlier service still linger,
// which a service that does not set it could not bind either.
func bindable(port int) error {
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var failed error
		err := c.Control(func(fd uintptr) { failed = refuseLingering(fd) })
		return errors.Join(err, failed)
	}}
	l, err := config.Listen(context.Background(), "tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return err
	}
	return l.Close()
}
