package contract

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/target"
)

// tongues are ways to speak to a port, those that are met most first. What is not
// given is as the target has it.
var tongues = []target.Service{
	{Protocol: "tcp-json"},
	{Protocol: "tcp-jsonl"},
	{Protocol: "tcp-json", LengthPrefix: "uint32be"},
	{Protocol: "tcp-json", LengthPrefix: "uint32le"},
	{Protocol: "http"},
	{Protocol: "websocket"},
}

// aTongue bounds the trial of one.
const aTongue = 1500 * time.Millisecond

// speaking is how a service answers that does not answer as the target says; ok is
// false when it answers in none of the ways that are tried, or there is nothing to try
// it with.
func (l *Life) speaking(ctx context.Context, address string) (tongue target.Service, ok bool) {
	t := l.session.target
	of, place, value, ok := t.Probe()
	if !ok || address == "" || !t.HasPort() || t.Service.Protocol == "command" || !json.Valid([]byte(strings.ReplaceAll(of.Request, place, "x"))) {
		return target.Service{}, false
	}
	if place == "{message}" {
		value = "ping-" + Nonce()
	}
	for _, tongue := range tongues {
		if tongue.Protocol == t.Service.Protocol && tongue.LengthPrefix == t.Service.LengthPrefix {
			continue
		}
		if l.answersTo(ctx, of, tongue, address, place, value) {
			return tongue, true
		}
	}
	return target.Service{}, false
}

// words is how a service is spoken to, in the words of a target file.
func words(tongue target.Service) string {
	if tongue.LengthPrefix == "" {
		return "protocol: " + tongue.Protocol
	}
	return "protocol: " + tongue.Protocol + ", length_prefix: " + tongue.LengthPrefix
}

// spokenFor bounds the trial of Spoken.
const spokenFor = 8 * time.Second

// Spoken starts a target whose protocol is a guess, and looks in which of the usual ways
// its service answers, where that is another one: found is then what to put into the
// target file, and by what takes the place of the guess. found is "" when the guess is
// right, and when nothing else is known.
func Spoken(ctx context.Context, cfg Config) (found string, by target.Service, err error) {
	by = cfg.Target.Service
	cfg.Faults, cfg.Courses = "", nil
	s, err := Open(cfg)
	if err != nil {
		return "", by, err
	}
	defer func() { _ = s.Close() }()
	if s.Kind() != Service || !s.target.HasPort() {
		return "", by, nil
	}
	life, err := s.Launch(ctx, Tweaks{Unready: true})
	if err != nil {
		return "", by, err
	}
	wait, cancel := context.WithTimeout(ctx, spokenFor)
	defer cancel()
	tries := 0
	_ = life.WaitReady(wait, func(ctx context.Context, address string) error {
		one, cancel := context.WithTimeout(ctx, aTongue)
		defer cancel()
		err := life.AskAt(one, address)
		if err == nil || life.refused(err) {
			return err
		}
		if tries++; tries < 3 && one.Err() == nil { // it may be on its way
			return err
		}
		if tongue, ok := life.speaking(ctx, address); ok {
			found = words(tongue)
			by.Protocol, by.LengthPrefix = tongue.Protocol, tongue.LengthPrefix
			return nil
		}
		return err
	})
	return found, by, ctx.Err()
}

// answersTo sends the probe in another way, and says whether a reply came that is one.
func (l *Life) answersTo(ctx context.Context, of *target.Exchange, tongue target.Service, address, place, value string) bool {
	as := *of
	as.Path, as.Method = cmp.Or(as.Path, "/"), cmp.Or(as.Method, "POST")
	as.Headers = map[string]string{}
	l.mu.Lock()
	made, err := l.newExchange(&as, &tongue, address, l.Token())
	l.mu.Unlock()
	if err != nil {
		return false
	}
	payload, err := made.payload(place, value)
	if err != nil {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, aTongue)
	defer cancel()
	reply, err := made.clientFor(place, value).Do(limited, payload)
	if err != nil || !json.Valid(bytes.TrimSpace(reply)) {
		return false
	}
	return place != "{message}" || bytes.Contains(reply, []byte(value))
}
