package harness

import (
	"os"
	"path"
	"path/filepath"
	"runtime"

	"github.com/bgcheck/bgcheck/harness/internal/owner"
)

// longScratch is from how many bytes on the path of a scratch folder is shortened:
// a Unix socket in it may have 107 bytes in all (103 outside Linux), and 64 of
// them leave room for its name.
const longScratch = 64

// shorten makes a short path to the instance's folder, where its own is long: a
// link in the system's temporary folder, which the supervisor makes where there is
// one. Without links the long one is used.
func (b *Blender) shorten(backend string) {
	if len(b.dir)+len("/scratch") <= longScratch {
		return
	}
	link := owner.TempName(b.id)
	switch {
	case len(link) >= len(b.dir):
	case runtime.GOOS == "linux" && (backend == "local" || backend == "window"):
		b.link = link
	default:
		b.makeLink(link)
	}
}

// makeLink makes the link here; "" is none.
func (b *Blender) makeLink(link string) {
	if link != "" && os.Symlink(b.dir, link) == nil {
		b.link = link
	}
}

// shortScratch is the scratch folder by the short path; "" when there is none.
func (b *Blender) shortScratch() string {
	if b.link == "" {
		return ""
	}
	return path.Join(filepath.ToSlash(b.link), "scratch")
}

// unlink takes the short path away.
func (b *Blender) unlink() {
	if b.link != "" {
		_ = os.Remove(b.link)
	}
}

// hostScratch is the scratch folder on the host, by the short path if there is one.
func (b *Blender) hostScratch() string {
	if short := b.shortScratch(); short != "" {
		return short
	}
	return path.Join(filepath.ToSlash(b.dir), "scratch")
}
