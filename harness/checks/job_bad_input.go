package checks

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobBadInput = contract.Check{
	Name: "job/bad-input",
	True: "without one of its input files, or with a broken one, the job does not end with exit code 0",
	Why:  "A farm's file server loses a file, an upload breaks off: a job that goes on with what it has delivers pictures with holes, and says success.",
	How: "For each of job.inputs and for job.blend the job is run without it, and, where it is a file, with random bytes of the same length in its place. " +
		"What the job may do without is listed in job.optional.",
	Fix: "Look at the input before the work, and end by it:\n" +
		"    if not os.path.isfile(path): sys.exit(\"there is no %s\" % path)\n" +
		"and let errors of reading go up; --python-exit-code 1 in front of --python makes a code of them.",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeJobInput,
}

func judgeJobInput(ctx context.Context, s *contract.Session) report.Result {
	j := s.Target().Job
	inputs := slices.Clone(j.Inputs)
	if j.Blend != "" {
		inputs = append(inputs, j.Blend)
	}
	if len(inputs) == 0 {
		return contract.Skipped("the target file lists no input of the job: job.inputs")
	}
	if _, wrong := wellRun(ctx, s); wrong != nil {
		return *wrong
	}
	var faults, good []string
	broken := 0 // of the faults, those where the job came to no good end
	for _, input := range inputs {
		if slices.Contains(j.Optional, input) {
			continue
		}
		for _, way := range spoilings(s, input) {
			run, err := runJob(ctx, s, contract.JobTweaks{Prepare: way.spoil})
			if err != nil {
				return contract.FromError(err)
			}
			said := fmt.Sprintf("%s: %s", way.how, run.how(s))
			if run.good() || run.late {
				missing, err := lacks(ctx, s, run)
				if err != nil {
					return contract.FromError(err)
				}
				if len(missing) > 0 || len(run.ended) > 0 {
					broken++
				}
				if len(missing) > 0 {
					said += "; " + strings.Join(missing[:min(2, len(missing))], "; ")
				} else if run.good() {
					said += ", and all that it makes is there"
				}
				faults = append(faults, said)
				continue
			}
			good = append(good, said)
		}
	}
	if len(faults) > 0 && broken == len(faults) {
		if first := s.Verdict(ctx, deeper.pythonError); first.Verdict == report.Fail {
			return contract.Skipped(fmt.Sprintf("an error that the input leads to is no exit code either: see job/python-error (%s)", first.Seen))
		}
	}
	if len(faults) > 0 {
		return contract.Failed(strings.Join(faults[:min(3, len(faults))], "; "), "it goes on without what it was to read, and says that all is well", append(faults, good...)...)
	}
	if len(good) == 0 {
		return contract.Skipped("the target has no input that the job needs: all are in job.optional")
	}
	return contract.Passed(strings.Join(good, "; "))
}

// spoiling is one way to spoil an input.
type spoiling struct {
	how   string
	spoil func(work string) error
}

func spoilings(s *contract.Session, input string) []spoiling {
	name := filepath.Base(input)
	list := []spoiling{{"without " + name, func(work string) error { return os.RemoveAll(filepath.Join(work, name)) }}}
	if info, err := os.Stat(s.Target().Resolve(input)); err == nil && !info.IsDir() {
		list = append(list, spoiling{"with random bytes in " + name, func(work string) error {
			bytes := make([]byte, min(max(info.Size(), 16), 1<<20))
			_, _ = rand.Read(bytes) // never fails, says crypto/rand
			bytes[0] = 0xff         // no text in any encoding that a job reads
			return os.WriteFile(filepath.Join(work, name), bytes, 0o644)
		}})
	}
	return list
}
