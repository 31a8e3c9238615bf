package report

import "regexp"

// Verdict is one of five words that are kept apart everywhere.
type Verdict string

// The verdicts.
const (
	// Pass: the statement was seen to be true.
	Pass Verdict = "pass"
	// Fail: the statement was seen to be false; the add-on is at fault.
	Fail Verdict = "fail"
	// Warn: a line of source that often goes wrong was read, or something harmless
	// was left. It fails no run, unless the run is strict.
	Warn Verdict = "warn"
	// Skip: the check was not tried; Diagnosis says why.
	Skip Verdict = "skip"
	// Inconclusive: it was tried and cannot be judged (a fault of the machine);
	// Diagnosis says why.
	Inconclusive Verdict = "inconclusive"
)

// Verdicts lists the five, the worst first.
func Verdicts() []Verdict { return []Verdict{Fail, Inconclusive, Warn, Skip, Pass} }

// rank orders verdicts: the lower, the worse. A word that is none of the five
// is worse than all of them.
func (v Verdict) rank() int {
	for i, word := range Verdicts() {
		if v == word {
			return i
		}
	}
	return -1
}

// Result is one check's outcome on one target.
type Result struct {
	// Name of the check, e.g. "exec/takes-effect". Stable.
	Name    string  `json:"name"`
	Verdict Verdict `json:"verdict"`
	Seconds float64 `json:"seconds"`
	// Expected and Seen: one sentence each.
	Expected string `json:"expected"`
	Seen     string `json:"seen"`
	// Diagnosis names the cause in one sentence (for skip and inconclusive:
	// the reason). Empty on pass.
	Diagnosis string `json:"diagnosis"`
	// Cause is the name of the rule that found it, such as "daemon-thread"; "" for a
	// cause that the check itself names. Stable.
	Cause string `json:"cause,omitempty"`
	// Remark on a pass: a condition that it holds under, in one sentence.
	Remark string `json:"remark,omitempty"`
	// Fix says what to change, with the lines to write. Empty unless fail or warn.
	Fix string `json:"fix"`
	// Evidence: log lines, numbers, file names; one item a line. An array in
	// JSON, never null.
	Evidence []string `json:"evidence"`
	// Command to repeat the launch by hand.
	Command string `json:"command"`
	// Places are the lines of the target's source that the result is about, the
	// one to look at first in front. Often none is known.
	Places []Place `json:"places,omitempty"`
	// Target is set in a merged report when the run had more than one target, and
	// TargetFile, the path of its file, with it.
	Target     string `json:"target,omitempty"`
	TargetFile string `json:"target_file,omitempty"`
}

// Place is a line of a file.
type Place struct {
	// File is the path on the machine that the report was made on; for a line
	// inside a zip it is the zip's.
	File string `json:"file"`
	// Line counts from 1; 0 means the file as a whole.
	Line int `json:"line"`
	// Message says in a few words what is there, such as the line itself.
	Message string `json:"message"`
}

// Strict is the result as a strict run takes it: a warning is a failure.
func (r Result) Strict() Result {
	if r.Verdict == Warn {
		r.Verdict = Fail
	}
	return r
}

// blame is how a reason names the check that judges what is in the way.
var blame = regexp.MustCompile(`\bsee ([a-z0-9-]+/[a-z0-9-]+)`)

// Blames is the name of the check whose fault kept a skipped one from being
// tried, as its reason says ("never became ready: see start/ready"), or "".
func (r Result) Blames() string {
	if r.Verdict != Skip {
		return ""
	}
	if found := blame.FindStringSubmatch(r.Diagnosis); found != nil {
		return found[1]
	}
	return ""
}
