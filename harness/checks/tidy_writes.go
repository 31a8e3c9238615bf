package checks

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

var tidyWrites = contract.Check{
	Name: "tidy/writes",
	True: "it wrote only inside its own folders: profile, temporary folder, scratch folder",
	Why:  "A file in the home folder is shared by all instances, and is still there when the add-on is not.",
	How: "An audit hook in Blender's Python notes each file that is opened for writing, made, renamed or removed, from before the add-on is enabled to the end, " +
		"and while it is asked and runs code; the home folder is looked through as well. What env and args of the target file name is its own.",
	Fix: "Write to the add-on's own folder or a temporary one:\n" +
		"    folder = bpy.utils.user_resource(\"DATAFILES\", path=\"my_addon\", create=True)\n" +
		"    with tempfile.TemporaryDirectory() as folder: ...",
	Asks:   contract.OwnLives,
	Hosted: contract.OfAddon,
	Works:  true,
	Run:    judgeWrites,
}

// write is one line of what probes/bgcheck_writes.py noted.
type write struct{ Path, At, Unable string }

// judgeWrites watches what Python writes in a life of its own, from before the
// add-on is enabled to the end.
func judgeWrites(ctx context.Context, s *contract.Session) report.Result {
	folder, err := scripts.Of(ctx, s)
	if err != nil {
		return contract.FromError(err)
	}
	life, err := s.Launch(ctx, contract.Tweaks{More: []harness.Option{
		harness.Addon(filepath.Join(folder, "bgcheck_writes.py"), "bgcheck_writes"),
		harness.Env("BGCHECK_WRITES", "{scratch}/writes.jsonl"),
	}})
	if err != nil {
		return contract.FromError(err)
	}
	_ = life.Ask(ctx)
	if s.Target().Exec != nil {
		for _, code := range []string{"pass", "raise ValueError('bgcheck: raised by the client')"} {
			limited, cancel := context.WithTimeout(ctx, s.Brief())
			_, _ = life.ExecWithin(limited, code) // what comes of it is for exec/*
			cancel()
		}
	}
	if _, err := life.End(ctx); ctx.Err() != nil {
		return contract.FromError(err)
	}
	var outside []string
	dir, short := life.Folder(), path.Dir(life.Scratch())
	text, err := life.ReadScratch(ctx, "writes.jsonl")
	if err != nil {
		return contract.Undecided("the watch over files did not begin: " + explain.FirstLine(err))
	}
	for line := range strings.Lines(string(text)) {
		var one write
		_ = json.Unmarshal([]byte(line), &one)
		if contract.Below(short, one.Path) {
			one.Path = dir + strings.TrimPrefix(one.Path, short)
		}
		if one.Unable != "" {
			return contract.Skipped("what Python writes cannot be watched: " + one.Unable)
		}
		if one.Path != "" && foreign(s, life, dir, one.Path) {
			outside = append(outside, inInstance(dir, one.Path)+" (at "+inInstance(dir, one.At)+")")
		}
	}
	for _, name := range homeFiles(life.Dir()) {
		if !strings.Contains(strings.Join(outside, "\n"), name) {
			outside = append(outside, name)
		}
	}
	if len(outside) == 0 {
		return contract.Passed("it wrote only to its profile, its temporary folder and its scratch folder")
	}
	return contract.Failed("it wrote "+strings.Join(outside[:min(len(outside), 5)], ", "),
		"files outside of the folders it was given are shared by all instances, and nobody takes them away", outside...)
}

// foreign says whether a path lies outside of what the target may write to: the
// instance's folder without its home, and what the target file mounts.
func foreign(s *contract.Session, life *contract.Life, dir, path string) bool {
	slashed := filepath.ToSlash(path)
	switch {
	case strings.Contains(slashed, "__pycache__"), strings.HasPrefix(slashed, "/dev/"), strings.HasPrefix(slashed, "/proc/"):
		return false
	case contract.Below(filepath.Join(dir, "home"), path):
		return !blendersOwn(strings.TrimPrefix(filepath.ToSlash(strings.TrimPrefix(path, filepath.Join(dir, "home"))), "/"))
	case contract.Below(dir, path):
		return false
	}
	for name := range s.Target().Mounts {
		if contract.Below(life.Mount(name), path) {
			return false
		}
	}
	return !given(s.Target(), life.Fill, slashed)
}

// given says whether the target file itself names the path: a value of env or an
// argument is that file, or a folder at least two deep that it lies in.
func given(t *target.Target, fill func(string) string, path string) bool {
	for _, text := range slices.Concat(slices.Collect(maps.Values(t.Env)), t.Launch.Args) {
		_, value, option := strings.Cut(text, "=") // as in --out=/srv/out
		if !option {
			value = text
		}
		value = strings.TrimRight(fill(value), "/")
		if value == path || strings.Count(value, "/") > 1 && strings.HasPrefix(value, "/") && strings.HasPrefix(path, value+"/") {
			return true
		}
	}
	return false
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

// place shortens a path of the instance for a reader.
func inInstance(dir, path string) string {
	if rest, ok := strings.CutPrefix(path, filepath.Join(dir, "home")); ok {
		return "~" + filepath.ToSlash(rest)
	}
	if rest, ok := strings.CutPrefix(path, dir+string(filepath.Separator)); ok {
		return "{dir}/" + filepath.ToSlash(rest)
	}
	return path
}
