package contract

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"time"
)

// EffectBudget is how long the effect of a code may come after its reply.
const EffectBudget = 5 * time.Second

// Effect is what came of one exec request: the reply, and what the code itself
// wrote into the scratch folder. Only the second is believed.
type Effect struct {
	Reply    []byte
	ReplyErr error
	// Wrote is what the code noted in _bg; nil when nothing came.
	Wrote map[string]any
}

// Try executes Python that notes its findings in the dict _bg, and waits until
// the code has written it to a file. The code is flat, without functions of
// its own: a service may run it with separate globals and locals.
func (l *Life) Try(ctx context.Context, code string) (Effect, error) {
	name := "effect-" + Nonce() + ".json"
	path := PyString(l.Scratch() + "/" + name)
	whole := strings.Join([]string{
		"import bpy, json, os, threading, time",
		"_bg = {}",
		strings.TrimSpace(code),
		"_bgf = open(" + path + " + '.part', 'w')",
		"_bgf.write(json.dumps(_bg))",
		"_bgf.close()",
		"os.replace(" + path + " + '.part', " + path + ")",
	}, "\n") + "\n"
	return l.TryRaw(ctx, whole, name)
}

// TryRaw executes code as it is and waits for the file it writes.
func (l *Life) TryRaw(ctx context.Context, code, file string) (Effect, error) {
	type answer struct {
		reply []byte
		err   error
	}
	replied := make(chan answer, 1)
	go func() {
		reply, err := l.Exec(ctx, code)
		replied <- answer{reply, err}
	}()
	var seen Effect
	var waiting <-chan time.Time
	var answered bool
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		if seen.Wrote == nil {
			wrote, err := l.note(ctx, file)
			if err != nil {
				return seen, err
			}
			seen.Wrote = wrote
		}
		if answered && seen.Wrote != nil {
			return seen, nil
		}
		select {
		case a := <-replied:
			seen.Reply, seen.ReplyErr, answered = a.reply, a.err, true
			replied = nil
			waiting = time.After(EffectBudget)
		case <-waiting:
			return seen, nil
		case <-l.Done():
			if !answered {
				a := <-replied
				seen.Reply, seen.ReplyErr = a.reply, a.err
			}
			if seen.Wrote == nil {
				seen.Wrote, _ = l.note(ctx, file)
			}
			return seen, nil
		case <-ctx.Done():
			return seen, fmt.Errorf("wait for the effect: %w", ctx.Err())
		case <-poll.C:
		}
	}
}

// note reads a JSON file that executed code wrote; nil while there is none.
func (l *Life) note(ctx context.Context, file string) (map[string]any, error) {
	text, err := l.ReadScratch(ctx, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read effect: %w", err)
	}
	var wrote map[string]any
	if json.Unmarshal(text, &wrote) != nil {
		return nil, nil // it is being written
	}
	return wrote, nil
}

// Marked waits until a file that executed code writes is there.
func (l *Life) Marked(ctx context.Context, file string, within time.Duration) bool {
	return l.until(ctx, within, func(ctx context.Context) bool {
		_, err := l.ReadScratch(ctx, file)
		return err == nil
	})
}

// Sees waits until the witness has noted an event.
func (l *Life) Sees(ctx context.Context, kind string, within time.Duration) bool {
	return l.until(ctx, within, func(ctx context.Context) bool { return len(l.Saw(ctx, kind)) > 0 })
}

// OverTCP says whether the service listens on a port.
func (s *Session) OverTCP() bool {
	protocol := s.target.Service.Protocol
	return strings.HasPrefix(protocol, "tcp-") || protocol == "http" || protocol == "websocket"
}

// Listens waits until something accepts connections at the service's address.
func (l *Life) Listens(ctx context.Context, within time.Duration) bool {
	return l.until(ctx, within, func(ctx context.Context) bool {
		address, err := l.Address(ctx)
		if err != nil {
			return false
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return false
		}
		_ = conn.Close()
		return true
	})
}

// until looks again and again whether what holds, until the life or the time ends.
func (l *Life) until(ctx context.Context, within time.Duration, what func(context.Context) bool) bool {
	wait, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for !what(wait) {
		if !l.Alive() || !Pause(wait, 5*time.Millisecond) {
			return false
		}
	}
	return true
}

// Marker is Python that writes an empty file into the scratch folder.
func (l *Life) Marker(file string) string {
	return "open(" + PyString(l.Scratch()+"/"+file) + ", 'w').close()"
}

// Nonce is a text that nobody else has written.
func Nonce() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails, says crypto/rand
	return hex.EncodeToString(b[:])
}

// PyString is a Python string literal in ASCII.
func PyString(text string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r < 0x20 || r > 0x7e:
			fmt.Fprintf(&out, `\U%08x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}
