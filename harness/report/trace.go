package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// traceEvent is one event of the trace event format, which chrome://tracing and
// ui.perfetto.dev read. Times are in microseconds.
type traceEvent struct {
	Name  string         `json:"name"`
	Cat   string         `json:"cat,omitempty"`
	Ph    string         `json:"ph"`
	TS    float64        `json:"ts"`
	Dur   *float64       `json:"dur,omitempty"`
	PID   int            `json:"pid"`
	TID   int            `json:"tid"`
	Scope string         `json:"s,omitempty"`
	Args  map[string]any `json:"args,omitempty"`
}

// The rows of a life in a trace.
const (
	traceLife = iota + 1
	traceChecks
	traceRequests // and further ones for those that overlap
)

// Trace is the courses of all lives of the records in the trace event format: a
// process for each life, with its checks, requests, signals, log lines and its use
// of the machine. The first life's launch, of all, is time 0.
func Trace(records ...*Report) ([]byte, error) {
	events := []traceEvent{}
	var all []Course
	for _, r := range records {
		for _, c := range r.Courses {
			c.Target = cmp.Or(c.Target, r.Target)
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b Course) int { return a.Launched.Compare(b.Launched) })
	for i, c := range all {
		c = c.clean()
		events = append(events, c.trace(i+1, c.Launched.Sub(all[0].Launched).Seconds())...)
	}
	data, err := json.Marshal(map[string]any{"traceEvents": events, "displayTimeUnit": "ms"})
	if err != nil {
		return nil, fmt.Errorf("encode the trace: %w", err)
	}
	return data, nil
}

// trace is one life's, which began so many seconds after the first.
func (c Course) trace(pid int, began float64) []traceEvent {
	micros := func(seconds float64) float64 { return fine(seconds) * 1e6 }
	at := func(seconds float64) float64 { return micros(began + seconds) }
	var events []traceEvent
	span := func(name, cat string, tid int, from, seconds float64, args map[string]any) {
		length := micros(seconds)
		events = append(events, traceEvent{Name: name, Cat: cat, Ph: "X", TS: at(from), Dur: &length, PID: pid, TID: tid, Args: args})
	}
	instant := func(name, cat, scope string, tid int, when float64, args map[string]any) {
		events = append(events, traceEvent{Name: name, Cat: cat, Ph: "i", TS: at(when), PID: pid, TID: tid, Scope: scope, Args: args})
	}
	label := func(kind, name string, tid int) {
		events = append(events, traceEvent{Name: kind, Ph: "M", PID: pid, TID: tid, Args: map[string]any{"name": name}})
	}
	label("process_name", c.Target+" "+c.ID, 0)
	label("thread_name", "life", traceLife)
	label("thread_name", "checks", traceChecks)
	span("Blender", "life", traceLife, 0, c.Seconds, map[string]any{"end": c.End})
	if c.Ready > 0 {
		span("launch to ready", "life", traceLife, 0, c.Ready, nil)
	}
	for _, check := range c.Checks {
		instant(check.Name, "check", "t", traceChecks, check.From, map[string]any{"seconds": check.To - check.From})
	}
	var free []float64 // until when each row of requests is taken
	for _, r := range c.Requests {
		row := slices.IndexFunc(free, func(until float64) bool { return until <= r.At })
		if row < 0 {
			row = len(free)
			free = append(free, 0)
			label("thread_name", "requests", traceRequests+row)
		}
		free[row] = r.At + r.Seconds
		args := map[string]any{}
		if r.Error != "" {
			args["error"] = r.Error
		}
		span(r.Kind, "request", traceRequests+row, r.At, r.Seconds, args)
	}
	for _, s := range c.Signals {
		instant(s.Name, "signal", "p", traceLife, s.At, nil)
	}
	for _, line := range c.Log {
		instant(cmp.Or(line.Text, "(an empty line)"), "log", "t", traceLife, line.At, nil)
	}
	for i, s := range c.Samples {
		values := map[string]any{"memory MiB": float64(s.RSS) / (1 << 20)}
		if i > 0 {
			if use, ok := c.use(i); ok {
				values["CPU %"], values["wake-ups/s"] = use.cpu*100, use.wakeups
			}
		}
		for name, value := range values {
			events = append(events, traceEvent{Name: name, Ph: "C", TS: at(s.At), PID: pid, TID: 0, Args: map[string]any{"value": value}})
		}
	}
	return events
}

// use is what was used between a sample and the one before.
type use struct{ cpu, wakeups float64 }

func (c Course) use(i int) (use, bool) {
	a, b := c.Samples[i-1], c.Samples[i]
	seconds := b.At - a.At
	if seconds <= 0 || b.CPU < a.CPU || b.Wakeups < a.Wakeups {
		return use{}, false
	}
	return use{(b.CPU - a.CPU) / seconds, float64(b.Wakeups-a.Wakeups) / seconds}, true
}
