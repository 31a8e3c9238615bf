package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// cycled is probes/cycle.py's result.
type cycled struct {
	Enabled bool     `json:"enabled"`
	Errors  []string `json:"errors"`
	Left    []string `json:"left"`
}

// tidyCycle enables and disables the add-on twice in a Blender of its own.
func tidyCycle(ctx context.Context, s *Session) report.Result {
	t := s.target
	if t.Addon == "" {
		return Skipped("the target has no add-on")
	}
	var seen cycled
	_, err := s.probe(ctx, "cycle.py", []string{t.Module}, &seen, s.options(Tweaks{disabled: true})...)
	if err != nil {
		return FromError(err)
	}
	var evidence []string
	for _, trace := range seen.Errors {
		evidence = append(evidence, strings.Split(strings.TrimSpace(trace), "\n")...)
	}
	switch {
	case !seen.Enabled:
		raised := "Blender does not find it"
		if len(seen.Errors) > 0 {
			raised = lastLine(seen.Errors[0])
		}
		return Skipped(fmt.Sprintf("the add-on cannot be enabled: see start/enabled (%s)", raised))
	case len(seen.Errors) > 0:
		return Failed("disabled and enabled again it raised "+lastLine(seen.Errors[0]),
			"unregister() does not undo what register() did, or fails half-way", append(evidence, seen.Left...)...)
	case len(seen.Left) > 0:
		return Failed("disabled, it leaves behind: "+strings.Join(seen.Left[:min(len(seen.Left), 5)], ", "),
			"unregister() does not take away what register() added", seen.Left...)
	}
	return Passed("enabled and disabled twice, it left no property, class, handler, timer, thread or port behind")
}

// write is one line of what probes/bgcheck_writes.py noted.
type write struct{ Path, At, Unable string }

// tidyWrites watches what Python writes in a life of its own, from before the
// add-on is enabled to the end.
func tidyWrites(ctx context.Context, s *Session) report.Result {
	folder, err := s.probeFolder()
	if err != nil {
		return FromError(err)
	}
	life, err := s.Launch(ctx, Tweaks{more: []harness.Option{
		harness.Addon(filepath.Join(folder, "bgcheck_writes.py"), "bgcheck_writes"),
		harness.Env("BGCHECK_WRITES", "{scratch}/writes.jsonl"),
	}})
	if err != nil {
		return FromError(err)
	}
	_ = life.ping(ctx)
	if _, err := life.stop(ctx, harness.StopGrace(s.target.Budgets.Stop)); ctx.Err() != nil {
		return FromError(err)
	}
	var outside []string
	dir := path.Dir(life.Scratch()) // the instance's folder as Blender sees it
	text, err := life.ReadScratch(ctx, "writes.jsonl")
	if err != nil {
		return Undecided("the watch over files did not begin: " + firstLine(err))
	}
	for line := range strings.Lines(string(text)) {
		var one write
		_ = json.Unmarshal([]byte(line), &one)
		if one.Unable != "" {
			return Skipped("what Python writes cannot be watched: " + one.Unable)
		}
		if one.Path != "" && s.foreign(life, dir, one.Path) {
			outside = append(outside, place(dir, one.Path)+" (at "+place(dir, one.At)+")")
		}
	}
	for _, name := range homeFiles(life.Dir()) {
		if !strings.Contains(strings.Join(outside, "\n"), name) {
			outside = append(outside, name)
		}
	}
	if len(outside) == 0 {
		return Passed("it wrote only to its profile, its temporary folder and its scratch folder")
	}
	return Failed("it wrote "+strings.Join(outside[:min(len(outside), 5)], ", "),
		"files outside of the folders it was given are shared by all instances, and nobody takes them away", outside...)
}

// foreign says whether a path lies outside of what the target may write to: the
// instance's folder without its home, and what the target file mounts.
func (s *Session) foreign(life *Life, dir, path string) bool {
	slashed := filepath.ToSlash(path)
	switch {
	case strings.Contains(slashed, "__pycache__"), strings.HasPrefix(slashed, "/dev/"), strings.HasPrefix(slashed, "/proc/"):
		return false
	case below(filepath.Join(dir, "home"), path):
		return !blendersOwn(strings.TrimPrefix(filepath.ToSlash(strings.TrimPrefix(path, filepath.Join(dir, "home"))), "/"))
	case below(dir, path):
		return false
	}
	for name := range s.target.Mounts {
		if below(life.Mount(name), path) {
			return false
		}
	}
	return true
}

// homeFiles are the files in the instance's home that Blender itself does not make.
func homeFiles(dir string) []string {
	var found []string
	home := filepath.Join(dir, "home")
	_ = filepath.WalkDir(home, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		rel, _ := filepath.Rel(home, path)
		if !blendersOwn(filepath.ToSlash(rel)) {
			found = append(found, "~/"+filepath.ToSlash(rel))
		}
		return nil
	})
	return found
}

// blendersOwn says whether a path in the home is one that Blender and its
// libraries make at every start (measured on 2.83 to 5.2), or leads to one.
func blendersOwn(rel string) bool {
	for _, folder := range []string{
		".cache/thumbnails", ".cache/fontconfig", ".cache/mesa_shader_cache", ".config/pulse", ".config/blender", ".nv",
	} {
		if rel == folder || strings.HasPrefix(rel, folder+"/") || strings.HasPrefix(folder, rel+"/") {
			return true
		}
	}
	return false
}

func below(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// place shortens a path of the instance for a reader.
func place(dir, path string) string {
	if rest, ok := strings.CutPrefix(path, filepath.Join(dir, "home")); ok {
		return "~" + filepath.ToSlash(rest)
	}
	if rest, ok := strings.CutPrefix(path, dir+string(filepath.Separator)); ok {
		return "{dir}/" + filepath.ToSlash(rest)
	}
	return path
}
