package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobEffect = contract.Check{
	Name: "job/effect",
	True: "what the job is for is there when it has ended: its files, and what it prints",
	Why:  "Exit code 0 says that Blender ended, not that the work was done.",
	How: "The files that the target file lists are looked for in the working folder, with their size and hash; their expressions are evaluated in a Blender " +
		"of their own, which has opened the file when it is a .blend; the lines that it must print are looked for in its output.",
	Fix: "Write to the folder that the job is given, and look at what an operator returns:\n" +
		"    if bpy.ops.export_scene.gltf(filepath=path) != {\"FINISHED\"}: sys.exit(\"the export failed\")",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeEffect,
}

func judgeEffect(ctx context.Context, s *contract.Session) report.Result {
	j := s.Target().Job
	if len(j.Files)+len(j.Prints) == 0 {
		return contract.Skipped("the target file lists no effect of the job: job.files, job.prints")
	}
	run, err := cleanRun.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	if skip, ok := notWell(ctx, s, run); ok {
		return skip
	}
	missing, err := lookAt(ctx, s, run)
	if err != nil {
		return contract.FromError(err)
	}
	if len(missing) == 0 {
		return contract.Passed(fmt.Sprintf("%d of %d there", len(j.Files)+len(j.Prints), len(j.Files)+len(j.Prints)))
	}
	there := filesIn(run.work).names()
	evidence := append(missing, "in the working folder: "+listed(there))
	return contract.Failed(strings.Join(missing[:min(3, len(missing))], "; "), "it ended with exit code 0, and this was not done; in the working folder: "+listed(there), evidence...)
}

// notWell skips when the job did not come to its end.
func notWell(ctx context.Context, s *contract.Session, run *jobRun) (report.Result, bool) {
	if !run.good() {
		return s.After(ctx, deeper.exitCode, "the job does not come to a good end")
	}
	if len(run.ended) > 0 {
		return s.After(ctx, deeper.pythonError, "the job ends by a Python error")
	}
	return report.Result{}, false
}

// listed are some names in a sentence.
func listed(names []string) string {
	switch {
	case len(names) == 0:
		return "nothing"
	case len(names) > 8:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:8], ", "), len(names)-8)
	}
	return strings.Join(names, ", ")
}
