package command

import (
	"encoding/json"
	"io"
	"path/filepath"
	"time"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// events is the teller for programs: one JSON object a line.
//
//	{"event":"start","target":"tcp_echo","file":"...","assumed":[],"backend":"local","blender":{...}}
//	{"event":"expect","checks":["exec/serial","stop/sigterm"]}
//	{"event":"begun","check":"exec/serial","at":"2026-11-25T14:00:00.000Z"}
//	{"event":"done","result":{"name":"exec/serial","verdict":"pass","seconds":0.17,...}}
//	{"event":"note","text":"run 2 of 3"}
//	{"event":"summary","passed":38,"failed":0,"warned":0,"skipped":1,"inconclusive":0,"not_judged":[],"problems":[],
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
		Warned       int      `json:"warned"`
		Skipped      int      `json:"skipped"`
		Inconclusive int      `json:"inconclusive"`
		NotJudged    []string `json:"not_judged"`
		Problems     []string `json:"problems"`
		Seconds      float64  `json:"seconds"`
		Report       string   `json:"report"`
		Exit         Status   `json:"exit"`
	}{
		"summary", r.Count(report.Pass), r.Count(report.Fail), r.Count(report.Warn), r.Count(report.Skip), r.Count(report.Inconclusive),
		append([]string{}, r.NotJudged...), append([]string{}, r.Problems...), r.Seconds, filepath.Join(e.out, "report.json"), status,
	})
}
