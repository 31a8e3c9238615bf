package setup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Plan is all that a run needs, found and checked.
type Plan struct {
	Settings Settings
	Target   *target.Target
	Backend  harness.Backend
	Info     harness.Info
}

// Prepare loads the target and asks the backend which Blender it would start.
// It returns all that is wrong, joined: see Lines. The plan then holds what
// could be found.
func Prepare(ctx context.Context, s Settings) (*Plan, error) {
	plan := &Plan{Settings: s}
	var wrong []error
	var err error
	if plan.Target, err = target.Load(s.Target); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w; name the target file by --target or BGCHECK_TARGET", err)
		}
		wrong = append(wrong, err)
	}
	if err = plan.Settings.Fetch(ctx, os.Stderr); err != nil {
		wrong = append(wrong, err)
	} else if plan.Backend, err = NewBackend(plan.Settings); err != nil {
		wrong = append(wrong, err)
	} else {
		within, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if plan.Info, err = plan.Backend.Info(within); err != nil {
			wrong = append(wrong, err)
		}
	}
	return plan, errors.Join(wrong...)
}

// Adapt is the target as the settings have it judged: what already runs
// (backend attach) announced its port before we came.
func (s Settings) Adapt(t *target.Target) *target.Target {
	under := *t
	if s.Backend == "attach" {
		if _, port, err := net.SplitHostPort(s.Address); err == nil {
			under.Service.Port = port
		}
	}
	return &under
}

// Unsupported says why the target is not to be checked on this Blender, and which
// one it can be checked on; "" when it is to be checked.
func (p *Plan) Unsupported() string {
	if p.Target == nil {
		return ""
	}
	return p.Target.Unsupported(p.Info.Version)
}

// Head describes the plan in a report.
func (p *Plan) Head() report.Head {
	head := report.Head{
		TargetFile: p.Settings.Target,
		Backend:    p.Settings.Backend,
		Blender:    report.Blender{Version: p.Info.Version, Path: p.Info.Path, Image: p.Info.Image},
		Machine:    report.ThisMachine(),
	}
	if p.Target != nil {
		head.Target = p.Target.Name
		if p.Settings.Backend != "attach" { // there it ran before we came
			head.StartedBy = p.Target.StartedBy()
		}
		if p.Target.Path != "" {
			head.TargetFile = p.Target.Path
		}
	}
	return head
}

// Lines says in one line each what is wrong.
func Lines(err error) []string {
	if err == nil {
		return nil
	}
	var lines []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		if line = strings.TrimSpace(report.Clean(line)); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// Line says in one line what is wrong: the first problem, and how many more
// there are.
func Line(err error) string {
	lines := Lines(err)
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return lines[0]
	default:
		return fmt.Sprintf("%s (and %d more: bgcheck doctor)", lines[0], len(lines)-1)
	}
}

// Show shortens a path for people: relative to the folder of the command when
// it lies below.
func (s Settings) Show(path string) string {
	rel, err := filepath.Rel(s.Base, path)
	if err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return rel
}
