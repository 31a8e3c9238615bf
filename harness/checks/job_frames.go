package checks

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobFrames = contract.Check{
	Name: "job/frames",
	True: "every frame that was asked for is there, and each is a picture",
	Why:  "A render that is cancelled, that has no camera or runs out of space ends with exit code 0 and fewer frames.",
	How:  "Each file of job.frames is looked for in the working folder, and loaded by a Blender of its own.",
	Fix: "Look at what the render left, frame by frame, and end with another code when one is missing:\n" +
		"    missing = [path for path in frames if not os.path.isfile(path)]\n" +
		"    if missing: sys.exit(\"not rendered: %s\" % missing)",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeFrames,
}

func judgeFrames(ctx context.Context, s *contract.Session) report.Result {
	if !s.Target().Job.Frames.Given() {
		return contract.Skipped("the target file lists no frames: job.frames")
	}
	run, err := cleanRun.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	if skip, ok := notWell(ctx, s, run); ok {
		return skip
	}
	lost, uniform, err := lookAtFrames(ctx, s, run)
	if err != nil {
		return contract.FromError(err)
	}
	frames, _ := s.Target().Job.Frames.List()
	switch {
	case len(lost) > 0:
		return contract.Failed(fmt.Sprintf("%d of %d frames are not there: %s", len(lost), len(frames), strings.Join(lost[:min(3, len(lost))], "; ")),
			"it ended with exit code 0; in the working folder: "+listed(filesIn(run.work).names()), lost...)
	case len(uniform) > 0 && len(uniform) == len(frames):
		return contract.Warned("every frame is of one colour: "+listed(uniform), "a picture without anything in it is a render of an empty scene, or a camera that looks elsewhere")
	}
	return contract.Passed(fmt.Sprintf("%d frames, each a picture", len(frames)))
}

// lookAtFrames lists the frames that are not there or no pictures, and those that
// are of one colour.
func lookAtFrames(ctx context.Context, s *contract.Session, run *jobRun) (lost, uniform []string, err error) {
	frames, err := s.Target().Job.Frames.List()
	if err != nil {
		return nil, nil, err
	}
	files := filesIn(run.work)
	var questions []question
	for _, name := range frames {
		switch have, ok := files[name]; {
		case !ok:
			lost = append(lost, "there is no "+name)
		case have.size == 0:
			lost = append(lost, name+" is empty")
		default:
			questions = append(questions, question{File: name, Picture: true})
		}
	}
	answers, err := askOf(ctx, s, run.work, questions)
	if err != nil {
		return nil, nil, err
	}
	for i, a := range answers {
		if a.Why != "" {
			lost = append(lost, questions[i].File+": "+a.Why)
		} else if a.Uniform {
			uniform = append(uniform, questions[i].File)
		}
	}
	return lost, uniform, nil
}
