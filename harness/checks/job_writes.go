package checks

import (
	"context"
	"encoding/json"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var jobWrites = contract.Check{
	Name: "job/writes",
	True: "the job wrote only inside its own folders: working folder, profile, temporary folder, scratch folder, and job.writes",
	Why:  "A file beside the script or in the home folder is shared by all jobs of the machine; on a farm these folders cannot be written at all.",
	How: "An audit hook in Blender's Python notes each file that is opened for writing, made, renamed or removed, from before the script to the end; the home folder, and " +
		"the folder of the target file, are looked through for what is new.",
	Fix: "Write to the folder that the job is started in, or that it is given:\n" +
		"    folder = sys.argv[sys.argv.index(\"--\") + 1]     # launch: {args: [\"{work}\"]}\n" +
		"A folder that it is meant to write to besides: job: {writes: [/srv/renders]}.",
	Asks:   contract.OwnLives,
	For:    ofJobs,
	OfLife: true,
	Run:    judgeJobWrites,
}

func judgeJobWrites(ctx context.Context, s *contract.Session) report.Result {
	if _, wrong := wellRun(ctx, s); wrong != nil {
		return *wrong
	}
	folder, err := scripts.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	began := time.Now()
	run, err := runJob(ctx, s, contract.JobTweaks{More: []harness.Option{
		harness.Addon(filepath.Join(folder, "bgcheck_writes.py"), "bgcheck_writes"),
		harness.Env("BGCHECK_WRITES", "{scratch}/writes.jsonl"),
	}})
	if err != nil {
		return contract.FromError(err)
	}
	life := run.life
	dir, short := life.Folder(), path.Dir(life.Scratch()) // two names of one folder, where the first is long
	text, err := life.ReadScratch(ctx, "writes.jsonl")
	if err != nil {
		return contract.Undecided("the watch over files did not begin: " + explain.FirstLine(err))
	}
	var outside []string
	for line := range strings.Lines(string(text)) {
		var one write
		_ = json.Unmarshal([]byte(line), &one)
		if one.Unable != "" {
			return contract.Skipped("what Python writes cannot be watched: " + one.Unable)
		}
		if contract.Below(short, one.Path) {
			one.Path = dir + strings.TrimPrefix(one.Path, short)
		}
		if one.Path != "" && foreign(s, life, dir, one.Path) && !mayWrite(s, one.Path) {
			outside = append(outside, inInstance(dir, one.Path)+" (at "+inInstance(dir, one.At)+")")
		}
	}
	for _, name := range append(homeFiles(life.Dir()), newIn(s, began)...) {
		if !strings.Contains(strings.Join(outside, "\n"), name) {
			outside = append(outside, name)
		}
	}
	if len(outside) == 0 {
		return contract.Passed("it wrote only to its working folder and its profile")
	}
	return contract.Failed("it wrote "+strings.Join(outside[:min(len(outside), 5)], ", "),
		"what lies outside of the job's own folders is shared by all that run at once, and may be read-only elsewhere", outside...)
}

// mayWrite says whether the target file lets the job write there.
func mayWrite(s *contract.Session, name string) bool {
	for _, folder := range s.Target().Job.Writes {
		if contract.Below(s.Target().Resolve(folder), name) {
			return true
		}
	}
	return false
}

// newIn lists what was written in the target file's folder since then: by Blender
// itself, which the hook does not see. Elsewhere than on this machine it is read-only.
func newIn(s *contract.Session, since time.Time) []string {
	t := s.Target()
	if !s.Local() || t.Dir == "" || contract.Below(t.Dir, s.Out()) {
		return nil
	}
	var found []string
	looked := 0
	_ = filepath.WalkDir(t.Dir, func(name string, entry fs.DirEntry, err error) error {
		if looked++; err != nil || looked > 20_000 {
			return fs.SkipAll
		}
		if entry.IsDir() && (entry.Name() == "__pycache__" || entry.Name() == ".git" || entry.Name() == "out") {
			return fs.SkipDir
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().After(since) && !mayWrite(s, name) {
			rel, _ := filepath.Rel(t.Dir, name)
			found = append(found, filepath.ToSlash(rel)+" beside the target file")
		}
		return nil
	})
	return found
}
