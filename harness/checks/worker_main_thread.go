package checks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var workerMainThread = contract.Check{
	Name: "worker/main-thread",
	True: "what a job does with bpy is done on the main thread",
	Why: "Blender's data and operators are not made for threads: one that calls bpy.ops while the main thread works crashes Blender, " +
		"often only when the jobs get bigger.",
	How: "In a life of its own each line of Python that reads bpy.data, bpy.ops or bpy.context is noted, with its thread, while a job is done.",
	Fix: "Let a thread ask for work, and the main thread do it:\n" +
		"    work = queue.Queue()                       # the thread: work.put(job)\n" +
		"    while not stopping.is_set():               # main thread\n" +
		"        try:\n" +
		"            job = work.get(timeout=0.5)\n" +
		"        except queue.Empty:\n" +
		"            continue\n" +
		"        report(job, run(job))\n" +
		"Or ask on the main thread, and have no threads at all.",
	For:  ofWorkers,
	Asks: contract.OwnLives,
	Run:  judgeJobThread,
}

// bpyUse is one line of what probes/bgcheck_threads.py noted.
type bpyUse struct {
	Time   float64 `json:"time"`
	Main   bool    `json:"main"`
	Thread string  `json:"thread"`
	Frames []struct {
		File string `json:"file"`
		Line int    `json:"line"`
	} `json:"frames"` // the innermost first
}

// at names the innermost line that is in a file of the target's, or else the innermost.
func (u bpyUse) at(s *contract.Session) (text string, places []report.Place) {
	for _, frame := range u.Frames {
		if found, ok := s.Installed(frame.File, frame.Line); ok {
			return fmt.Sprintf("%s:%d `%s`", filepath.Base(frame.File), frame.Line, found.Message), []report.Place{found}
		}
		if text == "" {
			text = fmt.Sprintf("%s:%d", filepath.Base(frame.File), frame.Line)
		}
	}
	return text, nil
}

func judgeJobThread(ctx context.Context, s *contract.Session) report.Result {
	folder, err := scripts.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	const file = "threads.jsonl"
	life, err := s.Launch(ctx, contract.Tweaks{Changed: true, More: []harness.Option{
		harness.Addon(filepath.Join(folder, "bgcheck_threads.py"), "bgcheck_threads"),
		harness.Env("BGCHECK_THREADS", "{scratch}/"+file),
	}})
	if err != nil {
		return contract.FromError(err)
	}
	began := life.Side().FirstJob() // which it has done to be ready
	text, err := life.ReadScratch(ctx, file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return contract.FromError(err)
	}
	var onMain string
	for line := range strings.Lines(string(text)) {
		var use bpyUse
		if json.Unmarshal([]byte(line), &use) != nil || use.Time < float64(began.UnixNano())/1e9 {
			continue
		}
		at, places := use.at(s)
		if use.Main {
			onMain = at
			continue
		}
		result := contract.Failed(fmt.Sprintf("a job's use of bpy was on the thread %s, at %s", use.Thread, at),
			"jobs are done on the thread that asks for them, and Blender's data and operators belong to the main thread: used from another one while it works, Blender crashes")
		result.Places = places
		return result
	}
	if onMain == "" {
		return contract.Skipped("the job uses neither bpy.data, bpy.ops nor bpy.context, so that no thread can be told by that")
	}
	return contract.Passed("on the main thread, at " + onMain)
}
