package procfs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// File reads a small file of /proc into buf, with three system calls and
// no allocation; text beyond len(buf) is left out.
func File(path string, buf []byte) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, Error("open", path, err)
	}
	defer unix.Close(fd)
	for {
		n, err := unix.Read(fd, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, Error("read", path, err)
		}
		return buf[:n], nil
	}
}

// Entries lists the names in a folder of /proc.
func Entries(path string) ([]string, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, Error("open", path, err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, Error("list", path, err)
	}
	return names, nil
}

// CountEntries is cheaper than Entries where the size tells (Linux 6.2 and
// later give /proc/PID/fd the number of descriptors as its size).
func CountEntries(path string) (int, error) {
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err == nil && st.Size > 0 {
		// The size alone could be read by anyone; keep to one rule on all kernels.
		if err := unix.Access(path, unix.R_OK); err != nil {
			return 0, Error("list", path, err)
		}
		return int(st.Size), nil
	}
	names, err := Entries(path)
	return len(names), err
}

// Error turns the two errors of an ended process into ErrVanished.
func Error(verb, path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		return ErrVanished
	}
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return &fs.PathError{Op: verb, Path: path, Err: err}
}

// Command is the command line, words joined by spaces, at most limit bytes of
// it; empty when the process is gone.
func Command(pid, limit int) string {
	text, err := File("/proc/"+strconv.Itoa(pid)+"/cmdline", make([]byte, limit))
	if err != nil {
		return ""
	}
	return string(bytes.ToValidUTF8(bytes.ReplaceAll(bytes.TrimRight(text, "\x00"), []byte{0}, []byte(" ")), []byte("?")))
}
