package fuzz

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/service"
)

// Bounds of making a finding smaller: each trial that breaks it takes a new Blender.
const (
	trials     = 60
	makingTime = 90 * time.Second
)

// shrinker tries inputs on lives of its own.
type shrinker struct {
	session *contract.Session
	left    int
	seen    string // of the last trial that broke it
}

// smaller finds as few and as short inputs as it can that break the service again.
func (r *run) smaller(ctx context.Context, found *Finding) *Finding {
	within, cancel := context.WithTimeout(ctx, makingTime)
	defer cancel()
	sh := &shrinker{session: r.session, left: trials}
	candidates := found.Inputs
	if candidates == nil { // the life is of no more use
		r.session.EndShared(ctx)
		candidates = slices.Clone(r.recent)
	}
	inputs, repeats := sh.alone(within, candidates)
	if !repeats && len(candidates) > 1 && sh.breaks(within, candidates) {
		inputs, repeats = sh.fewer(within, candidates), true
	}
	if !repeats {
		return &Finding{Seen: found.Seen, Inputs: candidates}
	}
	for i := range inputs {
		inputs[i].Wire = sh.shorter(within, inputs, i)
	}
	return &Finding{Seen: sh.seen, Inputs: inputs, Repeats: true}
}

// alone looks for one input that does it, the last first.
func (sh *shrinker) alone(ctx context.Context, inputs []Input) ([]Input, bool) {
	for _, input := range slices.Backward(inputs) {
		if sh.left < trials/2 && len(inputs) > 1 {
			break
		}
		if sh.breaks(ctx, []Input{input}) {
			return []Input{input}, true
		}
	}
	return nil, false
}

// fewer drops halves, quarters and so on as long as the rest does it.
func (sh *shrinker) fewer(ctx context.Context, inputs []Input) []Input {
	for size := len(inputs) / 2; size > 0; size /= 2 {
		for at := 0; at+size <= len(inputs) && len(inputs) > 1; {
			rest := slices.Concat(inputs[:at], inputs[at+size:])
			if sh.breaks(ctx, rest) {
				inputs = rest
			} else {
				at += size
			}
		}
	}
	return inputs
}

// shorter does the same with the bytes of one input.
func (sh *shrinker) shorter(ctx context.Context, inputs []Input, which int) []byte {
	wire := inputs[which].Wire
	for size := (len(wire) + 1) / 2; size > 0; size /= 2 {
		for at := 0; at < len(wire); {
			rest := slices.Concat(wire[:at], wire[min(at+size, len(wire)):])
			trial := slices.Clone(inputs)
			trial[which].Wire = rest
			if sh.breaks(ctx, trial) {
				wire = rest
			} else {
				at += size
			}
		}
	}
	return wire
}

// breaks tells whether the inputs break a life; false when no trial is left.
func (sh *shrinker) breaks(ctx context.Context, inputs []Input) bool {
	if sh.left <= 0 || ctx.Err() != nil {
		return false
	}
	sh.left--
	seen, err := Replay(ctx, sh.session, inputs)
	if err != nil || seen == "" {
		return false
	}
	sh.seen = seen
	return true
}

// Replay sends inputs, one after the other, and says what broke; "" when nothing did.
func Replay(ctx context.Context, s *contract.Session, inputs []Input) (string, error) {
	life, err := s.Shared(ctx)
	if err != nil {
		return "", err
	}
	good, err := life.Probe()
	if err != nil {
		return "", err
	}
	breaker, ok := good.Client.(service.Breaker)
	if !ok {
		return "", fmt.Errorf("the protocol %s has no requests that can be changed on the wire", s.Target().Service.Protocol)
	}
	for _, input := range inputs {
		out, reply := input.send(ctx, s, life, breaker)
		if out == malformed {
			return "a reply is not well-formed: " + contract.Excerpt(reply), nil
		}
	}
	seen := broken(ctx, life)
	if seen != "" {
		s.EndShared(ctx)
	}
	return seen, ctx.Err()
}

// Command is the line for a shell that calls bgcheck fuzz with the words.
func Command(words ...string) string {
	return instance.Quote(append([]string{"bgcheck", "fuzz"}, words...)...)
}
