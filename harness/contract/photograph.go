package contract

import (
	"cmp"
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/report"
)

const (
	// photos are taken of a process that does not answer, so far apart: what waits
	// is told from what turns by what changes between them.
	photos    = 5
	photoRest = 200 * time.Millisecond
	// developing bounds the wait for one to be written.
	developing = time.Second
)

// Deaf is the failure of a check under which the life goes on and does not answer:
// seen says what was asked, and otherwise what is then wrong, where its stacks do
// not tell. One that had no processor meanwhile is not judged.
func (l *Life) Deaf(ctx context.Context, seen, otherwise string, evidence ...string) report.Result {
	if busy := l.Starved(); busy != nil {
		result := FromError(busy)
		result.Seen, result.Evidence = seen, evidence
		return result
	}
	l.Pose(ctx)
	facts := l.Facts(ctx)
	cause := explain.Hang(facts)
	if cause.Text == "" {
		cause.Text = otherwise
	}
	return Because(seen, cause, append(evidence, facts.Pictures()...)...)
}

// Unanswered is Deaf for one request that got no reply: what the stacks tell counts
// when nobody else is answered either.
func (l *Life) Unanswered(ctx context.Context, seen, otherwise string, evidence ...string) report.Result {
	if hung := l.Deaf(ctx, seen, otherwise, evidence...); hung.Verdict == report.Inconclusive || l.Ask(ctx) != nil {
		return hung
	}
	return Failed(seen, otherwise, evidence...)
}

// Pose photographs a life that lives and does not do what it should; Facts then has
// the photos. Python itself writes its stacks, at a signal that nobody uses.
func (l *Life) Pose(ctx context.Context) {
	facts := l.Facts(ctx)
	var begin explain.Event
	for _, e := range facts.Saw("begin") {
		begin = e
	}
	if !l.Alive() || !l.canPose(begin.Camera, facts) || !l.canPose(begin.Portrait, facts) {
		return
	}
	posed := time.Now()
	taken := l.photograph(ctx, begin)
	texts := l.lines(taken)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.photos, l.texts = taken, texts
	if l.posed.IsZero() {
		l.posed = posed
	}
}

// canPose says whether the signal has a handler still: without one it would kill.
// What the kernel does not show (a container) had it until Python began to end.
func (l *Life) canPose(camera int, facts explain.Facts) bool {
	if masks := l.signals(); masks.Known {
		return camera > 0 && masks.Caught&(1<<(camera-1)) != 0
	}
	return camera > 0 && !facts.Ending()
}

// signals are what it does with signals now.
func (l *Life) signals() explain.Masks {
	pid := l.PID()
	if pid <= 0 {
		return explain.Masks{}
	}
	ignored, caught, known := procfs.Masks(pid)
	return explain.Masks{Known: known, Ignored: ignored, Caught: caught}
}

// lookAtSignals keeps that for Facts.
func (l *Life) lookAtSignals() {
	masks := l.signals()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.masks = masks
}

// photograph takes photos of the main thread, and the last of all threads: where one of
// them runs, that may crash the process.
func (l *Life) photograph(ctx context.Context, begin explain.Event) []explain.Photo {
	var taken []explain.Photo
	for len(taken) < photos && l.Alive() {
		before, _ := l.ReadScratch(ctx, stacksFile)
		camera := begin.Portrait
		if len(taken) == photos-1 {
			camera = begin.Camera
		}
		if l.Nudge(ctx, syscall.Signal(camera)) != nil {
			break
		}
		film := l.develop(ctx, len(before))
		if !l.Alive() && len(taken) > 0 {
			break // what it wrote is cut off
		}
		photo := explain.Photo{At: time.Now(), Stacks: explain.ReadStacks(film)}
		for i := range photo.Stacks {
			photo.Stacks[i].Ident = cmp.Or(photo.Stacks[i].Ident, begin.Main)
		}
		for _, t := range procfs.Threads(l.PID()) {
			photo.Threads = append(photo.Threads, explain.Activity{
				TID: t.TID, Main: t.TID == l.PID(), Runs: t.State == 'R', Locked: t.Locked, Used: t.Used, Waits: t.Switches, Wanted: t.Wanted,
			})
		}
		taken = append(taken, photo)
		if !Pause(ctx, photoRest) {
			break
		}
	}
	return taken
}

// develop waits for what is written behind the first bytes, until it grows no more.
func (l *Life) develop(ctx context.Context, from int) string {
	limited, cancel := context.WithTimeout(ctx, developing)
	defer cancel()
	film := ""
	for l.Alive() && Pause(limited, 20*time.Millisecond) {
		all, err := l.ReadScratch(limited, stacksFile)
		if err != nil || len(all) <= from {
			continue
		}
		if grown := string(all[from:]); grown != film {
			film = grown
			continue
		}
		break
	}
	return film
}

// lines reads the files that the photos name, by the names that Blender has for them.
func (l *Life) lines(taken []explain.Photo) map[string][]string {
	texts := map[string][]string{}
	for _, photo := range taken {
		for _, stack := range photo.Stacks {
			for _, frame := range stack.Frames {
				if _, known := texts[frame.File]; known || strings.HasPrefix(frame.File, "<") {
					continue
				}
				texts[frame.File] = nil
				if text, err := os.ReadFile(l.here(frame.File)); err == nil && len(text) < 1<<20 {
					texts[frame.File] = strings.Split(string(text), "\n")
				}
			}
		}
	}
	return texts
}

// here is a file of Blender's by its name on this machine, where it has another.
func (l *Life) here(file string) string {
	if l.session.Local() {
		return file
	}
	t := l.session.target
	if rest, inside := strings.CutPrefix(file, l.Mount(folderMount)+"/"); inside {
		return filepath.Join(t.Dir, filepath.FromSlash(rest))
	}
	addons := path.Join(path.Dir(l.Scratch()), "profile/scripts/addons")
	if rest, inside := strings.CutPrefix(file, path.Join(addons, t.Module)+"/"); inside && t.Addon != "" {
		return filepath.Join(t.Resolve(t.Addon), filepath.FromSlash(rest))
	}
	return file
}
