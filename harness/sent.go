package harness

import (
	"slices"
	"time"
)

// Sent is a signal that was sent to a Blender, or "kill" for the end of its tree.
type Sent struct {
	At     time.Time
	Signal string
}

// maxSent is how many are remembered, the first ones.
const maxSent = 200

// note remembers a signal, just before it is sent.
func (b *Blender) note(signal string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.sent) < maxSent {
		b.sent = append(b.sent, Sent{time.Now(), signal})
	}
}

// Signals are the signals that were sent to it, in order.
func (b *Blender) Signals() []Sent {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.sent)
}
