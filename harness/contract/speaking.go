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

// speaking is how a service answers that does not answer as the target says: the keys
// of target.Service in words, as a target file has them. It is "" when it answers in
// none of the ways that are tried, or there is nothing to try it with.
func (l *Life) speaking(ctx context.Context, address string) string {
	t := l.session.target
	of, place, value, ok := t.Probe()
	if !ok || address == "" || !t.HasPort() || t.Service.Protocol == "command" || !json.Valid([]byte(strings.ReplaceAll(of.Request, place, "x"))) {
		return ""
	}
	if place == "{message}" {
		value = "ping-" + Nonce()
	}
	for _, tongue := range tongues {
		if tongue.Protocol == t.Service.Protocol && tongue.LengthPrefix == t.Service.LengthPrefix {
			continue
		}
		if l.answersTo(ctx, of, tongue, address, place, value) {
			words := "protocol: " + tongue.Protocol
			if tongue.LengthPrefix != "" {
				words += ", length_prefix: " + tongue.LengthPrefix
			}
			return words
		}
	}
	return ""
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
