package target

import (
	"io"
	"io/fs"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// FolderLimit is the most that launch.folder may hold, in bytes: it is copied for
// each launch.
const FolderLimit = 1 << 30

// HasWork says whether Blender begins in a working folder of its own, {work}.
func (t *Target) HasWork() bool {
	return t.IsJob() || t.Launch.Folder != "" || t.Launch.Blend != ""
}

// checkPlace looks at where Blender begins, what it opens first, and by which
// program it is started.
func (t *Target) checkPlace(p *problems) {
	l := &t.Launch
	if t.IsJob() {
		if l.Folder != "" {
			p.addAt("launch.folder", "launch.folder is given, and a job begins in a folder of its own; expected job.inputs: what is copied there")
		}
		if l.Blend != "" {
			p.addAt("launch.blend", "launch.blend is given for a job; expected job.blend")
		}
	} else {
		if l.Folder != "" || p.given("launch.folder") {
			t.checkFolder(p)
		}
		if l.Blend != "" || p.given("launch.blend") {
			if info := t.exists(p, "launch.blend", l.Blend, "a .blend file"); info != nil && !info.Mode().IsRegular() {
				p.addAt("launch.blend", "launch.blend %q is no file; expected a .blend file", l.Blend)
			}
		}
	}
	if l.Wrapper != "" || p.given("launch.wrapper") {
		t.checkWrapper(p)
	}
}

// checkFolder looks at the folder that is copied.
func (t *Target) checkFolder(p *problems) {
	const at = "launch.folder"
	info := t.exists(p, at, t.Launch.Folder, "a folder")
	switch {
	case info == nil:
		return
	case !info.IsDir():
		p.addAt(at, "launch.folder is the file %q; expected a folder", t.Launch.Folder)
		return
	}
	size := int64(0)
	_ = filepath.WalkDir(t.Resolve(t.Launch.Folder), func(_ string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // the copy tells
		case entry.IsDir() && entry.Name() == ".git":
			return filepath.SkipDir
		case size > FolderLimit:
			return filepath.SkipAll
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			size += info.Size()
		}
		return nil
	})
	if size > FolderLimit {
		p.addAt(at, "launch.folder %q holds more than %d MiB, and is copied for each launch; expected a folder with what the service needs", t.Launch.Folder, FolderLimit>>20)
	}
}

// shellScript is the first line of one.
var shellScript = regexp.MustCompile(`^#!.*\b(ba|da|z|k)?sh\b`)

// checkWrapper looks whether the system can start the wrapper, and whether a shell
// script hands Blender its arguments.
func (t *Target) checkWrapper(p *problems) {
	const at = "launch.wrapper"
	info := t.exists(p, at, t.Launch.Wrapper, "a program, such as a shell script")
	if info == nil {
		return
	}
	if !info.Mode().IsRegular() {
		p.addAt(at, "launch.wrapper %q is no file; expected a program, such as a shell script", t.Launch.Wrapper)
		return
	}
	if info.Mode().Perm()&0o111 == 0 && runtime.GOOS != "windows" {
		p.addAt(at, "launch.wrapper %q may not be executed; expected a program: chmod +x %s", t.Launch.Wrapper, t.Launch.Wrapper)
		return
	}
	f, err := regular.Open(t.Resolve(t.Launch.Wrapper))
	if err != nil {
		return
	}
	defer f.Close()
	head, _ := io.ReadAll(io.LimitReader(f, maxSize))
	text := string(head)
	if shellScript.MatchString(text) && !strings.Contains(text, "$@") && !strings.Contains(text, "$*") && !strings.Contains(text, "${@") {
		p.addAt(at, "launch.wrapper %q does not pass its arguments on: they are Blender's; expected exec blender \"$@\" in it, behind options of its own", t.Launch.Wrapper)
	}
}
