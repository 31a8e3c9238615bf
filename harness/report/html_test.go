package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func pageOf(t *testing.T, records ...*Report) string {
	t.Helper()
	data, err := HTML(records...)
	try(t, err)
	return string(data)
}

func TestThePageSaysTheVerdictAndWhatToRepairFirst(t *testing.T) {
	text := pageOf(t, four(t))
	if dump := os.Getenv("BGCHECK_DUMP"); dump != "" {
		try(t, os.WriteFile(filepath.Join(dump, "four.html"), []byte(text), 0o644))
	}
	for _, want := range []string{"5 of 30 checks failed, for 4 causes.", "Repair first: <a href=\"#t1-f1\">exec/takes-effect</a>", "studio_notes"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(text, "ZgotmplZ") {
		t.Error("a value was kept back by the template")
	}
}

// on is the report as another Blender's.
func on(r *Report, version string) *Report {
	other := *r
	other.Blender.Version = version
	return &other
}

func TestSeveralVersionsStandSideBySide(t *testing.T) {
	good := on(four(t), "4.2.1")
	good.Checks = nil
	for _, check := range four(t).Checks {
		if check.Verdict == Fail || check.Verdict == Skip {
			check.Verdict, check.Diagnosis = Pass, ""
		}
		good.Checks = append(good.Checks, check)
	}
	p := newPage([]*Report{four(t), good, on(four(t), "4.3.0")})
	target := p.Targets[0]
	if len(p.Targets) != 1 || len(target.Columns) != 3 || len(target.Findings) != 4 {
		t.Fatalf("%d targets, %d columns, %d findings", len(p.Targets), len(target.Columns), len(target.Findings))
	}
	if want := "It fails on Blender 3.4.1, Blender 4.3.0; passes on Blender 4.2.1."; target.Sentence != want {
		t.Errorf("%q, want %q", target.Sentence, want)
	}
	if got := strings.Join(target.Findings[0].Where, " "); got != "Blender 3.4.1 Blender 4.3.0" {
		t.Errorf("where: %s", got)
	}
}

func TestShardsOfOneRunAreOneColumn(t *testing.T) {
	whole := four(t)
	one, two := *whole, *whole
	one.Checks, two.Checks = whole.Checks[:20], whole.Checks[20:]
	p := newPage([]*Report{&one, &two})
	if n := len(p.Targets[0].Columns); n != 1 {
		t.Fatalf("%d columns", n)
	}
	if n := len(p.Targets[0].Columns[0].Checks); n != len(whole.Checks) {
		t.Errorf("%d checks of %d", n, len(whole.Checks))
	}
	again := newPage([]*Report{whole, four(t)})
	if n := len(again.Targets[0].Columns); n != 2 {
		t.Errorf("two runs of the same checks are %d column", n)
	}
}

func TestTroubleOfTheMachineIsToldApart(t *testing.T) {
	r := &Report{Problems: []string{"no Blender in PATH"}, NotJudged: []string{"start/ready"}}
	text := pageOf(t, r)
	for _, want := range []string{"could not run: no Blender in PATH", "not judged: start/ready", "It was not judged: no Blender in PATH"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if strings.Contains(text, "What to repair") {
		t.Error("it is told as the add-on's fault")
	}
}

// nasty is what an add-on may print, in all places where its text can stand.
const nasty = "<script>window.bad=1</script><img src=x onerror=\"window.bad=1\">\x1b[31mred\x1b[0m ::error file=x::no \u202egnol\u2066 </pre></style>'\"`{{.}} javascript:alert(1)"

// hostile is a report whose every text is the add-on's.
func hostile() *Report {
	r := sample()
	r.Target, r.TargetFile, r.StartedBy = nasty, "/src/"+nasty, nasty
	r.Blender.Version, r.Blender.Path, r.Blender.Image, r.Machine.CPU = nasty, nasty, nasty, nasty
	r.Problems, r.Unfinished, r.NotJudged = []string{nasty}, []string{nasty}, []string{"a/b"}
	course := aCourse(nasty, 3)
	course.ID, course.End, course.Checks[0].Name, course.Signals[0].Name, course.Requests[0].Kind, course.Latencies[0].Kind = nasty, nasty, nasty, nasty, nasty, nasty
	r.Courses = []Course{course}
	for _, v := range Verdicts() {
		r.Checks = append(r.Checks, Result{
			Name: "x/" + string(v), Verdict: v, Expected: nasty, Seen: nasty, Diagnosis: nasty, Remark: nasty, Fix: nasty + "\n    " + nasty,
			Evidence: []string{nasty, "log: " + nasty}, Command: nasty, Places: []Place{{File: nasty, Line: 3, Message: nasty}},
		})
	}
	return r
}

func TestNothingOfAnAddOnIsMarkup(t *testing.T) {
	text := pageOf(t, hostile())
	if n := strings.Count(text, "<script"); n != 1 {
		t.Errorf("%d scripts", n)
	}
	for _, bad := range []string{"<img", "\x1b", "\u202e", "\u2066", "href=\"javascript", "onerror=\""} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in the page", bad)
		}
	}
}

func TestThePageOf100TargetsIsMadeWhole(t *testing.T) {
	r := four(t)
	base := r.Checks
	r.Checks = nil
	for i := range 100 {
		for _, check := range base {
			check.Target = "target-" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + time.Duration(i).String()
			r.Checks = append(r.Checks, check)
		}
		for range 5 {
			course := aCourse("a line of the log, as long as many are", MaxCourseLines)
			course.Target = r.Checks[len(r.Checks)-1].Target
			r.Courses = append(r.Courses, course)
		}
	}
	text := pageOf(t, r)
	if lives, lines := strings.Count(text, "<svg class=\"course\""), strings.Count(text, "<tr class=\"log\""); lives < 100 || lives > maxDrawn || lines < 5000 || lines > maxEvents {
		t.Errorf("%d lives are drawn, and %d lines of log listed", lives, lines)
	}
	if n := strings.Count(text, "<div class=\"target\""); n != 100 {
		t.Errorf("%d targets", n)
	}
}

func TestARemedyIsPartedIntoWordsAndLines(t *testing.T) {
	got, err := json.Marshal(blocks("Do:\n    a = 1\n\n    if a:\n        b()\nthen that."))
	try(t, err)
	if want := `[{"Code":false,"Text":"Do:"},{"Code":true,"Text":"a = 1\n\nif a:\n    b()"},{"Code":false,"Text":"then that."}]`; string(got) != want {
		t.Errorf("%s", got)
	}
}

func TestAVersionWithoutABlenderIsAColumnOfTheTarget(t *testing.T) {
	none := &Report{Head: Head{Blender: Blender{Version: "5.2"}}, Problems: []string{"no image"}}
	p := newPage([]*Report{none, four(t)})
	if len(p.Targets) != 1 || p.Targets[0].Sentence != "It fails on Blender 3.4.1; could not be judged on Blender 5.2." || none.Target != "" {
		t.Errorf("%d targets: %s", len(p.Targets), p.Targets[0].Sentence)
	}
}

func TestAPageOfSeveralTargetsCountsThem(t *testing.T) {
	good := &Report{Head: Head{Target: "good"}, Checks: []Result{{Name: "a/b", Verdict: Pass}}}
	if p := newPage([]*Report{four(t), good, {Head: Head{Target: "open"}}}); p.Sentence != "1 failed, 1 could not be judged, 1 passed." {
		t.Error(p.Sentence)
	}
}
