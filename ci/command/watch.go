package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/target"
)

var errChanged = errors.New("a source file has changed")

// every is how often the files' times are looked at. Asking beats being told: it
// works on network drives, in containers, and whatever way an editor saves.
const every = 200 * time.Millisecond

// watch judges, and again when a source file of the target changes: what failed
// first, then the rest. A change while it judges ends that. It ends when it is
// interrupted, or whoever started it has ended: nobody would end it else.
func (r *checking) watch(ctx context.Context) error {
	ctx, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	if err := follow(ctx, leave, parent); err != nil {
		return CouldNot.as(err)
	}
	first, rest := r.chosen, []contract.Check(nil)
	for {
		within, cancel := context.WithCancelCause(ctx)
		seen := r.snapshot()
		watching := make(chan struct{})
		go func() {
			defer close(watching)
			if changed := r.waitForChange(within, seen); changed != "" {
				cancel(fmt.Errorf("%w: %s", errChanged, r.settings.Show(changed)))
			}
		}()
		status, err := r.judge(within, first, rest)
		if err != nil || ctx.Err() != nil {
			cancel(nil)
			<-watching
			return errors.Join(err, status.ended())
		}
		if next := failed(r.results, r.chosen); len(next) > 0 {
			first, rest = next, without(r.chosen, next)
		} else if within.Err() == nil {
			first, rest = r.chosen, nil
		}
		if within.Err() == nil {
			r.teller.note("\nwaiting for a change (Ctrl-C ends it)")
		}
		<-watching
		if ctx.Err() != nil {
			cancel(nil)
			return status.ended()
		}
		r.teller.note("\n" + context.Cause(within).Error())
		cancel(nil)
		if !r.reload(ctx) {
			return status.ended()
		}
	}
}

// reload reads the target again, waiting while it has mistakes; false: it was
// interrupted.
func (r *checking) reload(ctx context.Context) bool {
	for {
		what, err := find(r.settings)
		if err == nil {
			r.what = what
			r.plan.Target = r.settings.Adapt(what.under)
			return true
		}
		r.call.tell(err)
		if r.waitForChange(ctx, r.snapshot()) == "" {
			return false
		}
	}
}

// waitForChange returns the path that changed and has been left in peace for a
// moment since; "" when ctx ended.
func (r *checking) waitForChange(ctx context.Context, seen map[string]time.Time) string {
	tick := time.NewTicker(every)
	defer tick.Stop()
	changed := ""
	for {
		select {
		case <-ctx.Done():
			return ""
		case <-tick.C:
		}
		now := r.snapshot()
		if difference := differs(seen, now); difference != "" {
			changed = difference // wait until the editor is done with all files
			seen = now
		} else if changed != "" {
			return changed
		}
	}
}

// differs is a path whose time is another, or that one of the two lacks.
func differs(a, b map[string]time.Time) string {
	for _, pair := range [][2]map[string]time.Time{{b, a}, {a, b}} {
		for _, path := range slices.Sorted(maps.Keys(pair[0])) {
			if other, there := pair[1][path]; !there || !other.Equal(pair[0][path]) {
				return path
			}
		}
	}
	return ""
}

// snapshot is when the target's sources were changed last.
func (r *checking) snapshot() map[string]time.Time {
	return snapshot(sources(r.what.under), r.settings.Out)
}

// snapshot is when the files at the paths, and the sources in the folders, were
// changed last. What lies below out we write ourselves.
func snapshot(paths []string, out string) map[string]time.Time {
	times := map[string]time.Time{}
	for _, root := range paths {
		_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return nil //nolint:nilerr // gone, or not to be read: that is a change too
			}
			if entry.IsDir() {
				if name := entry.Name(); path == out || path != root && (name == "__pycache__" || name == "node_modules" || strings.HasPrefix(name, ".")) {
					return fs.SkipDir
				}
				return nil
			}
			switch strings.ToLower(filepath.Ext(path)) {
			case ".py", ".toml", ".yaml", ".yml", ".json", ".zip":
				if info, err := entry.Info(); err == nil {
					times[path] = info.ModTime()
				}
			}
			return nil
		})
	}
	return times
}

func without(checks, those []contract.Check) []contract.Check {
	return slices.DeleteFunc(slices.Clone(checks), func(check contract.Check) bool {
		return slices.ContainsFunc(those, func(other contract.Check) bool { return other.Name == check.Name })
	})
}

// sources are the files and folders whose change is worth another look.
func sources(under *target.Target) []string {
	paths := []string{under.Path, under.Resolve(under.Addon)}
	if script := under.Resolve(under.Launch.Script); script != "" {
		paths = append(paths, filepath.Dir(script))
	}
	for _, other := range under.Requires {
		paths = append(paths, under.Resolve(other))
	}
	return slices.DeleteFunc(paths, func(path string) bool { return path == "" })
}
