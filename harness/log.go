package harness

import (
	"context"
	"regexp"
)

// Log is the output of one Blender: bounded in memory, whole on disk, read
// with a cursor. It is an io.Writer that never blocks on its readers.
type Log struct{}

// Cursor is a position in a Log: bytes since its start.
type Cursor int64

// Write appends output.
func (l *Log) Write(p []byte) (int, error) { panic("todo") }

// Path of the whole log on disk.
func (l *Log) Path() string { panic("todo") }

// End is the position behind the last byte written.
func (l *Log) End() Cursor { panic("todo") }

// Since returns the whole lines from cursor on and the position behind them.
// Lines that have left memory are read from disk.
func (l *Log) Since(from Cursor) (lines []string, next Cursor, err error) { panic("todo") }

// Tail returns the last n lines.
func (l *Log) Tail(n int) []string { panic("todo") }

// Wait returns the submatches of the first line from cursor on that matches,
// waiting for it until ctx ends or the log is closed.
func (l *Log) Wait(ctx context.Context, from Cursor, pattern *regexp.Regexp) ([]string, error) {
	panic("todo")
}
