package spec

import (
	"io"
	"regexp"
	"sync"
)

// progress is where Ginkgo's reporter writes in a serial run: it lets through
// all but the dot behind a line that tells the same.
type progress struct {
	mu sync.Mutex
	to io.Writer
	// open: the last thing written did not end its line.
	open bool
	// told: the last thing written was a line, and its spec's dot is to come.
	told bool
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
