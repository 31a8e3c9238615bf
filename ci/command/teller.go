package command

import (
	"fmt"
	"io"
	"strings"

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

// lines is the teller for people.
type lines struct {
	out    io.Writer
	place  string // the out folder, as a person reads it
	status *status
	// left holds the reasons of checks that were left out; the end says them.
	left map[string]bool
}

func newLines(out io.Writer, place string, before took) *lines {
	return &lines{out: out, place: place, status: newStatus(out, before), left: map[string]bool{}}
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
	l.status.line(fmt.Sprintf("%s, %s, on %s\n", plan.Target.Name, plan.Target.StartedBy(), blender(plan)))
}

func (l *lines) begun(name string) { l.status.begun(name) }

func (l *lines) done(result report.Result) {
	if result.Verdict == report.Skip {
		told := l.left[result.Diagnosis] || strings.HasPrefix(result.Diagnosis, "the target has no ")
		l.left[result.Diagnosis] = true
		if told {
			l.status.done(result.Name, "") // what has one reason stands in the end, in one line
			return
		}
	}
	line := fmt.Sprintf("%s  %-28s %7.2f s", result.Verdict.Paint(colour(l.out)), result.Name, result.Seconds)
	l.status.done(result.Name, line)
}

func (l *lines) note(text string) {
	for _, line := range report.Fold(text, report.Columns) {
		l.status.line(line)
	}
}

func (l *lines) expect(names []string) { l.status.expect(names) }

func (l *lines) end(r *report.Report, _ Status) {
	l.status.stop()
	conclude(l.out, r, l.place)
}
