package target

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Job is work that is done once: Blender is started, does it and ends by itself.
// What it runs is Launch's script, or one of Expr, Text and Command, or Options
// alone. Each run begins in an empty folder of its own, {work}.
type Job struct {
	// Blend is a .blend that Blender opens first; it is copied to the working folder.
	Blend string `yaml:"blend"`
	// Expr is Python, run with --python-expr.
	Expr string `yaml:"expr"`
	// Text is the name of a text block of Blend's, run with --python-text.
	Text string `yaml:"text"`
	// Command is a command of Blender 4.2 and later with its arguments, as in
	// [extension, build]: Blender is started with --command.
	Command []string `yaml:"command"`
	// Options are Blender's own, behind the script, in the order in which it obeys
	// them, as in [-o, "{work}/frame_####", -f, "1..3"].
	Options []string `yaml:"options"`
	// Inputs are files and folders that the job reads: copied to the working folder
	// under their names. A job without one, or with a broken one, must not end with 0.
	Inputs []string `yaml:"inputs"`
	// Optional lists those of Inputs that the job may do without.
	Optional []string `yaml:"optional"`
	// Files are what must be there when it has ended.
	Files []JobFile `yaml:"files"`
	// Prints are regular expressions, each of which a line of its output must match.
	Prints []string `yaml:"prints"`
	// Frames are pictures that must be there when it has ended.
	Frames Frames `yaml:"frames"`
	// Writes lists folders beside the working folder that it may write to.
	Writes []string `yaml:"writes"`
	// Varies lists files, as patterns, of which the content differs from run to run.
	Varies []string `yaml:"varies"`
}

// JobFile is a file that a job makes.
type JobFile struct {
	// File is its path below the working folder; * stands for any part of a name.
	File string `yaml:"file"`
	// Least is the smallest size that it may have.
	Least int64 `yaml:"least" unit:"bytes" default:"1B"`
	// SHA256 is the hash of its content, in hex.
	SHA256 string `yaml:"sha256"`
	// Expression is Python that must be true of it, with bpy, json, os and path, its
	// path, at hand. A .blend is opened first.
	Expression string `yaml:"expression"`
}

// Frames are the pictures of a render.
type Frames struct {
	// File is their path below the working folder, with # for each digit of the frame.
	File string `yaml:"file"`
	// Range are the frames, as in "1-24" or "1,5,9-12".
	Range string `yaml:"range"`
}

// IsJob says whether the target does its work once and ends.
func (t *Target) IsJob() bool { return t.Job != nil }

// Given says whether a render is asked for at all.
func (f Frames) Given() bool { return f.File != "" }

var digits = regexp.MustCompile(`#+`)

// List are the frames' files, in the order of Range.
func (f Frames) List() ([]string, error) {
	var files []string
	for part := range strings.SplitSeq(f.Range, ",") {
		first, last, span := strings.Cut(strings.TrimSpace(part), "-")
		from, err := strconv.Atoi(strings.TrimSpace(first))
		to := from
		if err == nil && span {
			to, err = strconv.Atoi(strings.TrimSpace(last))
		}
		if err != nil || to < from || to-from > maxFrames {
			return nil, fmt.Errorf("%q is no range of frames", f.Range)
		}
		for n := from; n <= to; n++ {
			files = append(files, digits.ReplaceAllStringFunc(f.File, func(run string) string { return fmt.Sprintf("%0*d", len(run), n) }))
		}
	}
	return files, nil
}

// maxFrames is how many one range may hold.
const maxFrames = 100_000

var hexSHA256 = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)

// checkJob looks at what a job runs and what it must have done.
func (t *Target) checkJob(p *problems) {
	j := t.Job
	if j == nil {
		return
	}
	var runs []string
	for _, one := range []struct {
		key   string
		given bool
	}{{"launch.script", t.Launch.Script != ""}, {"job.expr", j.Expr != ""}, {"job.text", j.Text != ""}, {"job.command", len(j.Command) > 0}} {
		if one.given {
			runs = append(runs, one.key)
		}
	}
	switch {
	case len(runs) > 1:
		p.addAt(runs[1], "the job runs %s and %s; expected one", runs[0], runs[1])
	case len(runs) == 0 && len(j.Options) == 0 && !p.given("launch.script") && !p.strange["job"]:
		p.addAt("job", "the job runs nothing; expected launch.script, job.expr, job.text, job.command, or job.options such as [-f, \"1\"]")
	}
	if j.Text != "" && j.Blend == "" {
		p.addAt("job.text", "job.text names a text block, but there is no job.blend; expected the .blend that holds it")
	}
	if t.Launch.Start != "" {
		p.addAt("launch.start", "launch.start keeps Blender alive, and a job ends by itself; expected launch.script, job.expr, job.text or job.command")
	}
	if len(t.exchanges()) > 0 {
		p.addAt(t.exchanges()[0].path, "%s is a request, and a job answers none; expected either job or requests", t.exchanges()[0].path)
	}
	if j.Blend != "" || p.given("job.blend") {
		t.exists(p, "job.blend", j.Blend, "a .blend file")
	}
	for i, name := range j.Inputs {
		t.exists(p, item("job.inputs", i), name, "a file or a folder that the job reads")
	}
	for i, name := range j.Optional {
		if !slices.Contains(j.Inputs, name) {
			p.addAt(item("job.optional", i), "job.optional names %q, which is not in job.inputs; expected one of them%s", name, didYouMean(name, j.Inputs))
		}
	}
	for i, f := range j.Files {
		at := item("job.files", i)
		t.checkBelow(p, at+".file", f.File)
		if f.SHA256 != "" && !hexSHA256.MatchString(f.SHA256) {
			p.addAt(at+".sha256", "%s.sha256 is %q; expected 64 hex digits", at, short(f.SHA256))
		}
	}
	for i, pattern := range j.Prints {
		checkPattern(p, item("job.prints", i), pattern)
	}
	if j.Frames.File != "" || j.Frames.Range != "" {
		t.checkBelow(p, "job.frames.file", j.Frames.File)
		if _, err := j.Frames.List(); err != nil {
			p.addAt("job.frames.range", "job.frames.range is %q; expected frames, as in \"1-24\" or \"1,5,9-12\"", short(j.Frames.Range))
		}
	}
}

// checkBelow wants a path below the working folder.
func (t *Target) checkBelow(p *problems, at, name string) {
	switch {
	case p.broken(at):
	case strings.TrimSpace(name) == "":
		p.addAt(at, "%s is empty; expected a path below the working folder, as in out/scene.glb", at)
	case strings.HasPrefix(name, "/") || strings.HasPrefix(name, "~") || slices.Contains(strings.Split(name, "/"), ".."):
		p.addAt(at, "%s is %q; expected a path below the working folder, as in out/scene.glb", at, short(name))
	}
}
