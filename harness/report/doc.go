// Package report holds the record of a run and what is made from it:
// report.json, report.html, junit.xml, summary.md, bgcheck.sarif and the table on
// the terminal.
//
// Every suite process writes its part; the merged report holds all parts of
// one run, so that six suites leave one report:
//
//	run, err := report.Begin("out", report.RunID())
//	if err != nil {
//		return err
//	}
//	part, err := run.Part("exec", 1, report.Head{Target: "tcp_echo", Backend: "local"})
//	if err != nil {
//		return err
//	}
//	err = part.Add(7, report.Result{Name: "exec/takes-effect", Verdict: report.Pass})
//	...
//	err = part.Finish()
//
// The folder then holds report.json and the other forms of it, of the run that ended
// last, and below runs/RUN each of the last few runs: its own report,
// the parts it was made from, the logs of its instances. There is no lock: see
// Run.Publish.
package report
