package harness

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Window is the backend that starts a Blender on this machine as people start
// it, in a window and not in background mode. Nobody sees the window: each
// Blender gets an X server of its own, Xvfb, which draws in memory and by
// software, and which ends with it. executable is as for Local.
//
// It takes Linux, Xvfb and Mesa's software renderer (libgl1-mesa-dri); what is
// missing is an error that wraps ErrMachine. Blender 2.83 crashes in such a
// window and is refused. Usage counts the X server as a part of Blender's tree.
func Window(executable string) Backend { return window{local{executable}} }

// windowRemedy says how to get what Window takes.
const windowRemedy = "apt-get install --no-install-recommends xvfb libgl1 libgl1-mesa-dri"

type window struct{ local local }

func (window) Name() string { return "window" }

// Info fails also where Blender could not open a window.
func (w window) Info(ctx context.Context) (Info, error) {
	info, err := w.local.Info(ctx)
	if err != nil {
		return info, err
	}
	if _, err := findXvfb(); err != nil {
		return info, err
	}
	if strings.HasPrefix(info.Version, "2.") {
		return info, machinef("open a window: Blender %s crashes in one that is drawn by software; use 3.4 or later", info.Version)
	}
	return info, nil
}

// Start starts Blender as local does, by way of a small program that starts the
// X server and then becomes Blender.
func (w window) Start(ctx context.Context, spec *Spec) (Process, error) {
	xvfb, err := findXvfb()
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
	p, err := w.local.startThrough(ctx, &in, func(o *order) error { return o.behindXvfb(xvfb, spec.Dir) })
	if err != nil {
		return nil, err
	}
	wp := &windowProcess{Process: p, dir: spec.Dir, done: make(chan struct{})}
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

// windowProcess is a Blender in a window.
type windowProcess struct {
	Process
	dir    string
	done   chan struct{}
	status Status // written before done is closed
}

func (p *windowProcess) Done() <-chan struct{} { return p.done }
func (p *windowProcess) Status() Status        { return p.status }

// Command starts an X server of its own when it is repeated by hand.
func (p *windowProcess) Command() string {
	folder, launch, _ := strings.Cut(p.Process.Command(), " && env -i ")
	return folder + " && xvfb-run -a sh -c " + Quote(`env -i DISPLAY="$DISPLAY" XAUTHORITY="$XAUTHORITY" `+launch)
}

// watch tells a window that could not be from a Blender that ended.
func (p *windowProcess) watch() {
	<-p.Process.Done()
	p.status = p.Process.Status()
	if p.status.Err == nil && (p.status.Code != 0 || p.status.Signal != nil) {
		p.status.Err = whyNoWindow(p.dir)
	}
	forgetDisplay(p.dir)
	close(p.done)
}
