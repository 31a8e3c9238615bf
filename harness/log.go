package harness

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"sync"
	"time"
)

const (
	// logMemory is how much of a log is kept in memory.
	logMemory = 1 << 20
	// maxLine is where a line without end is cut into pieces.
	maxLine = 64 << 10
	// maxSince bounds what one Since returns: of empty lines it takes 16 times as
	// much memory.
	maxSince = 512 << 10
)

// Log is the output of one Blender: bounded in memory (the last 1 MiB), whole
// on disk, read with a cursor. It is an io.Writer that never blocks on its
// readers. A line longer than 64 KiB is given in pieces of 64 KiB.
type Log struct {
	path string

	mu      sync.Mutex
	file    *os.File
	onDisk  Cursor // bytes in the file; less than end after a failed write
	err     error  // the first failed write
	ring    []byte // byte i of the log is at ring[i%len(ring)]
	end     Cursor
	closed  bool
	moments []moment // when it was written, see writtenAt
	lines   int      // ends of lines so far
	// news is closed at the next write; nil while nobody waits.
	news chan struct{}
}

// Cursor is a position in a Log: bytes since its start.
type Cursor int64

func newLog(path string) (*Log, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, machinef("create log: %w", err)
	}
	return &Log{path: path, file: f, ring: make([]byte, logMemory)}, nil
}

// Write appends output. It never returns an error: when the disk is full the
// log goes on in memory, and Err tells.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, os.ErrClosed
	}
	if l.err == nil {
		n, err := l.file.Write(p)
		l.onDisk += Cursor(n)
		if err != nil {
			l.err = machinef("write log: %w", err)
		}
	}
	keep := p
	if over := len(p) - len(l.ring); over > 0 {
		keep = p[over:]
	}
	at := int((l.end + Cursor(len(p)-len(keep))) % Cursor(len(l.ring)))
	n := copy(l.ring[at:], keep)
	copy(l.ring, keep[n:])
	l.end += Cursor(len(p))
	l.lines += bytes.Count(p, []byte{'\n'})
	l.moments = noted(l.moments, moment{l.end, time.Now()})
	l.wake()
	return len(p), nil
}

// wake tells all waiters to look again; mu is held.
func (l *Log) wake() {
	if l.news != nil {
		close(l.news)
		l.news = nil
	}
}

// close ends the log: a last line without newline counts as a line from now on.
func (l *Log) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	l.closed = true
	if err := l.file.Close(); err != nil && l.err == nil {
		l.err = machinef("close log: %w", err)
	}
	l.wake()
}

// Err is the first failed write to disk, wrapping ErrMachine; nil while the log
// is whole.
func (l *Log) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Path of the whole log on disk.
func (l *Log) Path() string { return l.path }

// End is the position behind the last byte written.
func (l *Log) End() Cursor {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end
}

// Since returns the whole lines from cursor on and the position behind them,
// at most 512 KiB at once: call it again from next until next does not move.
// Lines that have left memory are read from disk. The last line counts
// without its newline once Blender has ended.
func (l *Log) Since(from Cursor) (lines []string, next Cursor, err error) {
	data, closed, err := l.read(from, maxSince)
	if err != nil {
		return nil, from, err
	}
	// A last line without newline is whole only where the log ends.
	atEnd := closed && from+Cursor(len(data)) == l.End()
	lines, used := splitLines(data, atEnd)
	return lines, max(from, 0) + Cursor(used), nil
}

// read copies up to limit bytes from cursor on.
func (l *Log) read(from Cursor, limit int) (data []byte, closed bool, err error) {
	from = max(from, 0)
	l.mu.Lock()
	if from >= l.end {
		defer l.mu.Unlock()
		return nil, l.closed, nil
	}
	if n := l.end - from; n < Cursor(limit) {
		limit = int(n)
	}
	data = make([]byte, limit)
	if oldest := l.end - Cursor(len(l.ring)); from >= oldest {
		defer l.mu.Unlock()
		at := int(from % Cursor(len(l.ring)))
		n := copy(data, l.ring[at:])
		copy(data[n:], l.ring)
		return data, l.closed, nil
	}
	onDisk, failed := l.onDisk, l.err
	closed = l.closed
	l.mu.Unlock() // the disk may be slow, and the writer must not wait

	if n := onDisk - from; n < Cursor(limit) {
		if n <= 0 {
			return nil, closed, fmt.Errorf("read log at byte %d: %w", from, failed)
		}
		data = data[:n]
	}
	f, err := os.Open(l.path)
	if err != nil {
		return nil, closed, machinef("read log: %w", err)
	}
	defer func() { _ = f.Close() }()
	if _, err := f.ReadAt(data, int64(from)); err != nil {
		return nil, closed, machinef("read log: %w", err)
	}
	return data, closed, nil
}

// Tail returns the last n lines, the unfinished one included.
func (l *Log) Tail(n int) []string {
	l.mu.Lock()
	held := min(l.end, Cursor(len(l.ring)))
	from := l.end - held
	l.mu.Unlock()
	data, _, err := l.read(from, logMemory)
	if err != nil || n <= 0 {
		return nil
	}
	data = lastLines(data, n)
	lines, _ := splitLines(data, true)
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return lines
}

// Wait returns the submatches of the first line from cursor on that matches,
// waiting for it until ctx ends or, with an error wrapping ErrEnded, Blender
// has ended and its whole output has been looked at.
func (l *Log) Wait(ctx context.Context, from Cursor, pattern *regexp.Regexp) ([]string, error) {
	for {
		l.mu.Lock()
		if l.news == nil {
			l.news = make(chan struct{})
		}
		news, closed := l.news, l.closed
		l.mu.Unlock()

		for {
			lines, next, err := l.Since(from)
			if err != nil {
				return nil, fmt.Errorf("wait for a line like %q: %w", pattern, err)
			}
			for _, line := range lines {
				if m := pattern.FindStringSubmatch(line); m != nil {
					return m, nil
				}
			}
			if next == from {
				break
			}
			from = next
		}
		if closed {
			return nil, fmt.Errorf("wait for a line like %q: %w", pattern, ErrEnded)
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for a line like %q: %w", pattern, context.Cause(ctx))
		}
	}
}
