package window

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/display"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
)

// New is the backend that starts a Blender on this machine as people start it,
// in a window and not in background mode. executable is as for harness.Local.
//
// What is missing is an error that wraps harness.ErrMachine. Usage counts the X
// server as a part of Blender's tree.
func New(executable string) harness.Backend {
	return window{harness.Local(executable).(starter)}
}

// starter is the local backend, which can start a program that becomes Blender.
type starter interface {
	harness.Backend
	StartThrough(ctx context.Context, spec *harness.LaunchSpec, program string, args []string) (harness.Process, error)
}

type window struct{ local starter }

func (window) Name() string { return "window" }

// Info fails also where Blender could not open a window.
func (w window) Info(ctx context.Context) (harness.Info, error) {
	info, err := w.local.Info(ctx)
	if err != nil {
		return info, err
	}
	if _, err := display.Find(); err != nil {
		return info, err
	}
	if strings.HasPrefix(info.Version, "2.") {
		return info, fault.Machinef("open a window: Blender %s crashes in one that is drawn by software; use 3.4 or later", info.Version)
	}
	return info, nil
}

// Start starts Blender as local does, by way of a small program that starts the
// X server and then becomes Blender.
func (w window) Start(ctx context.Context, spec *harness.LaunchSpec) (harness.Process, error) {
	xvfb, err := display.Find()
	if err != nil {
		return nil, err
	}
	in := *spec
	// Small: what is drawn by software after the start keeps the service waiting,
	// for seconds in a window of the usual size.
	in.Args = append([]string{"-noaudio", "--window-geometry", "0", "0", "320", "240"}, slices.DeleteFunc(slices.Clone(spec.Args), func(arg string) bool {
		return arg == "--background" || arg == "-noaudio"
	})...)
	in.Env = maps.Clone(spec.Env)
	if in.Env == nil {
		in.Env = map[string]string{}
	}
	for name, value := range map[string]string{"LIBGL_ALWAYS_SOFTWARE": "1", "MESA_SHADER_CACHE_DIR": shaderCache()} {
		if _, set := in.Env[name]; !set {
			in.Env[name] = value
		}
	}
	program, args, err := display.Through(xvfb, spec.Dir)
	if err != nil {
		return nil, err
	}
	p, err := w.local.StartThrough(ctx, &in, program, args)
	if err != nil {
		return nil, err
	}
	wp := &process{Process: p, dir: spec.Dir, done: make(chan struct{})}
	go wp.watch()
	return wp, nil
}

// shaderCache is the one folder that all windows of this user share. Mesa compiles
// for seconds before a window stands, again and again where it can keep
// nothing; meanwhile no timer fires and no service answers.
func shaderCache() string {
	if user, err := os.UserCacheDir(); err == nil {
		folder := filepath.Join(user, "bgcheck", "mesa")
		if os.MkdirAll(folder, 0o755) == nil {
			return folder
		}
	}
	return "{dir}/tmp"
}

// process is a Blender in a window.
type process struct {
	harness.Process
	dir    string
	done   chan struct{}
	status harness.Status // written before done is closed
}

func (p *process) Done() <-chan struct{}  { return p.done }
func (p *process) Status() harness.Status { return p.status }

// Command starts an X server of its own when it is repeated by hand.
func (p *process) Command() string {
	folder, launch, _ := strings.Cut(p.Process.Command(), " && env -i ")
	return folder + " && xvfb-run -a sh -c " + instance.Quote(`env -i DISPLAY="$DISPLAY" XAUTHORITY="$XAUTHORITY" `+launch)
}

// watch tells a window that could not be from a Blender that ended.
func (p *process) watch() {
	<-p.Process.Done()
	p.status = p.Process.Status()
	if p.status.Err == nil && (p.status.Code != 0 || p.status.Signal != nil) {
		p.status.Err = display.WhyNone(p.dir)
	}
	display.Forget(p.dir)
	close(p.done)
}
