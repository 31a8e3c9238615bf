package harness

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// Wired is a Process whose Blender can have standard input and output for a wire
// (InputWire). Stdio is called once.
type Wired interface {
	Stdio(ctx context.Context) (io.WriteCloser, io.ReadCloser, error)
}

// Stdio is Blender's standard input and output: what is written is what it reads,
// Close ends that, and what is read is what it has written, to its end, which must
// be read on or Blender waits. It can be asked for once, where Stdin was InputWire.
// What goes to standard output is in the log, too, each line cut at 4 KiB.
func (b *Blender) Stdio(ctx context.Context) (io.WriteCloser, io.Reader, error) {
	wired, ok := b.proc.(Wired)
	if !ok {
		return nil, nil, b.fail(PhaseLaunch, machinef("speak over standard input and output: the backend %s cannot do that", b.backend))
	}
	in, out, err := wired.Stdio(ctx)
	if err == nil && (in == nil || out == nil) {
		err = errors.New("speak over standard input and output: it was not started so (InputWire)")
	}
	if err != nil {
		return nil, nil, b.fail(PhaseLaunch, err)
	}
	return in, io.TeeReader(out, &lineLog{log: b.log}), nil
}

// loggedLine is the most bytes of a line of the wire that the log holds.
const loggedLine = 4 << 10

// lineLog writes whole lines, cut, to a log to which others write as well.
type lineLog struct {
	log  io.Writer
	line []byte
	cut  bool
}

func (l *lineLog) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		if room := loggedLine - len(l.line); len(line) > room {
			line, l.cut = line[:room], true
		}
		l.line = append(l.line, line...)
		rest = after
		if !whole {
			break
		}
		if l.cut {
			l.line = append(l.line, " ..."...)
		}
		_, _ = l.log.Write(append(l.line, '\n')) // a log that cannot be written must not block the wire
		l.line, l.cut = l.line[:0], false
	}
	return len(p), nil
}
