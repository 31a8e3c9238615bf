package spec

import (
	"io"
	"regexp"
	"sync"
)

// progress is where Ginkgo's reporter writes in a serial run: it lets through
// all but the dot behind a line that tells the same, and Ginkgo's frame around a
// failure that has been told.
type progress struct {
	mu sync.Mutex
	to io.Writer
	// open: the last thing written did not end its line.
	open bool
	// told: the last thing written was a line, and its spec's dot is to come.
	told bool
	// frame is where in a frame that is left out the reporter is.
	frame frame
}

// frame counts through what Ginkgo writes of a failed spec: a line of dashes,
// unless the last thing it wrote was one, all it has to tell, and another line
// of dashes. The ends of lines come in writes of their own.
type frame int

const (
	noFrame frame = iota
	frameComes
	inFrame
	frameEnds
)

// dashes is the line that Ginkgo writes before and behind a failed spec.
var dashes = regexp.MustCompile(`^(\x1b\[[0-9;]*m)*-{30}(\x1b\[[0-9;]*m)*$`)

// leaveOut drops the next frame.
func (p *progress) leaveOut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frame = frameComes
}

// framed takes what belongs to a frame that is left out.
func (p *progress) framed(text []byte) bool {
	newline, line := string(text) == "\n", dashes.Match(text)
	switch p.frame {
	case frameComes:
		if !newline {
			p.frame = inFrame
		}
		return true
	case inFrame:
		if line {
			p.frame = frameEnds
		}
		return true
	case frameEnds:
		p.frame = noFrame
		return newline
	}
	return false
}

// dot is what Ginkgo writes for a spec that has nothing to tell, with colour.
var dot = regexp.MustCompile(`^(\x1b\[[0-9;]*m)*[•+SP](\x1b\[[0-9;]*m)*$`)

// Write implements io.Writer.
func (p *progress) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(text) == 0 {
		return 0, nil
	}
	if p.framed(text) {
		return len(text), nil
	}
	told := p.told
	p.told = false
	if told && dot.Match(text) {
		return len(text), nil
	}
	p.open = text[len(text)-1] != '\n'
	return p.to.Write(text)
}

// Line writes whole lines, on lines of their own, in place of a spec's dot.
func (p *progress) Line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open {
		text = "\n" + text
	}
	p.open, p.told = false, true
	_, _ = io.WriteString(p.to, text)
}
