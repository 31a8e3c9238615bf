package command

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// teller says what goes on: to people in lines, to programs in JSON.
type teller interface {
	start(plan *setup.Plan, what *found)
	// expect names the checks that are judged next.
	expect(names []string)
	begun(name string)
	done(result report.Result)
	// note is a remark between checks, such as what runs once more.
	note(text string)
	// end comes last.
	end(r *report.Report, status Status)
}

// events is the teller for programs: one JSON object a line.
//
//	{"event":"start","target":"tcp_echo","file":"...","assumed":[],"backend":"local","blender":{...}}
//	{"event":"expect","checks":["exec/serial","stop/sigterm"]}
//	{"event":"begun","check":"exec/serial","at":"2026-11-25T14:00:00.000Z"}
//	{"event":"done","result":{"name":"exec/serial","verdict":"pass","seconds":0.17,...}}
//	{"event":"note","text":"run 2 of 3"}
//	{"event":"summary","passed":38,"failed":0,"skipped":1,"inconclusive":0,"not_judged":[],"problems":[],
//	 "seconds":33.1,"report":"/abs/out/report.json","exit":0}
//
// A result is as in report.json. Fields may be added.
type events struct {
	to  *json.Encoder
	out string
}

func newEvents(w io.Writer, out string) *events {
	to := json.NewEncoder(w)
	to.SetEscapeHTML(false)
	return &events{to, out}
}

func (e *events) say(fields any) { _ = e.to.Encode(fields) }

func (e *events) start(plan *setup.Plan, what *found) {
	head := plan.Head()
	e.say(struct {
		Event   string         `json:"event"`
		Target  string         `json:"target"`
		File    string         `json:"file"`
		Assumed []string       `json:"assumed"`
		Backend string         `json:"backend"`
		Blender report.Blender `json:"blender"`
	}{"start", head.Target, head.TargetFile, append([]string{}, what.assumed...), head.Backend, head.Blender})
}

func (e *events) expect(names []string) {
	e.say(struct {
		Event  string   `json:"event"`
		Checks []string `json:"checks"`
	}{"expect", names})
}

func (e *events) begun(name string) {
	e.say(struct {
		Event string    `json:"event"`
		Check string    `json:"check"`
		At    time.Time `json:"at"`
	}{"begun", name, time.Now().UTC().Truncate(time.Millisecond)})
}

func (e *events) done(result report.Result) {
	if result.Evidence == nil {
		result.Evidence = []string{}
	}
	e.say(struct {
		Event  string        `json:"event"`
		Result report.Result `json:"result"`
	}{"done", result})
}

func (e *events) note(text string) {
	e.say(struct {
		Event string `json:"event"`
		Text  string `json:"text"`
	}{"note", text})
}

func (e *events) end(r *report.Report, status Status) {
	e.say(struct {
		Event        string   `json:"event"`
		Passed       int      `json:"passed"`
		Failed       int      `json:"failed"`
		Skipped      int      `json:"skipped"`
		Inconclusive int      `json:"inconclusive"`
		NotJudged    []string `json:"not_judged"`
		Problems     []string `json:"problems"`
		Seconds      float64  `json:"seconds"`
		Report       string   `json:"report"`
		Exit         Status   `json:"exit"`
	}{
		"summary", r.Count(report.Pass), r.Count(report.Fail), r.Count(report.Skip), r.Count(report.Inconclusive),
		append([]string{}, r.NotJudged...), append([]string{}, r.Problems...), r.Seconds, e.out + "/report.json", status,
	})
}

// lines is the teller for people.
type lines struct {
	out    io.Writer
	place  string // the out folder, as a person reads it
	status *status
}

func newLines(out io.Writer, place string, before took) *lines {
	return &lines{out: out, place: place, status: newStatus(out, before)}
}

func (l *lines) start(plan *setup.Plan, what *found) {
	if len(what.assumed) > 0 {
		name := plan.Settings.Show(what.addon)
		l.status.line(fmt.Sprintf("%s has no target file; this was read from its source:", name))
		for _, line := range what.assumed {
			for i, part := range report.Fold(line, report.Columns-4) {
				l.status.line("  " + map[bool]string{true: "", false: "  "}[i == 0] + part)
			}
		}
		l.status.line(fmt.Sprintf("to write it down and say more: bgcheck init %s\n", name))
	}
	l.status.line(fmt.Sprintf("%s on %s\n", plan.Target.Name, blender(plan)))
}

func (l *lines) begun(name string) { l.status.begun(name) }

func (l *lines) done(result report.Result) {
	line := fmt.Sprintf("%s  %-28s %7.2f s", result.Verdict.Paint(colour(l.out)), result.Name, result.Seconds)
	l.status.done(result.Name, line)
}

func (l *lines) note(text string) { l.status.line(text) }

func (l *lines) expect(names []string) { l.status.expect(names) }

func (l *lines) end(r *report.Report, _ Status) {
	l.status.stop()
	conclude(l.out, r, l.place)
}
