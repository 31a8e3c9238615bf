package harness

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/owner"
	"github.com/bgcheck/bgcheck/harness/internal/port"
	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// Launch starts Blender and returns once the process exists; WaitReady waits
// for its service. On an error, which is an *Error, there is nothing to close.
//
// Blender gets:
//
//	--background --factory-startup FLAGS BLEND --python {dir}/run/witness.py
//	--addons A,B --python SCRIPT THEN -- ARGS
//
// in an environment of its own, which keeps Blender and Python away from the
// user's profile: HOME, TMPDIR, the XDG and BLENDER_USER_* folders lie in the
// instance's folder, and there is no DISPLAY, WAYLAND_DISPLAY or PYTHON*
// variable. home/ is the working directory; on standard input there is nothing
// to read. ctx bounds the start alone, not Blender's life.
//
// The first Launch of a program also removes what programs that were killed have
// left on this machine, processes and folders, as far as they are this user's.
func Launch(ctx context.Context, options ...Option) (*Blender, error) {
	s := settings{port: ReservePort}
	for _, o := range options {
		o(&s)
	}
	if s.backend == nil {
		s.backend = Local("")
	}
	sweepOnce()
	b, err := s.launch(ctx)
	if err != nil {
		var whole *Error
		if !errors.As(err, &whole) {
			err = &Error{Phase: PhaseLaunch, Err: err}
		}
		return nil, err
	}
	return b, nil
}

func (s *settings) launch(ctx context.Context) (_ *Blender, err error) {
	id := owner.NewID()
	b := &Blender{
		id: id, temporary: s.keepIn == "",
		token: s.token, port: s.port, announce: s.announce, noPort: s.noPort, done: make(chan struct{}),
	}
	if s.keepIn != "" {
		if b.dir, err = filepath.Abs(filepath.Join(s.keepIn, instance.FolderPrefix+id)); err != nil {
			return nil, machinef("make the instance's folder: %w", err)
		}
		if err := os.MkdirAll(s.keepIn, 0o700); err != nil {
			return nil, machinef("make the instance's folder: %w", err)
		}
	}
	if b.token == "" {
		b.token = newToken()
	}
	if s.port == ReservePort {
		if b.reserved, err = port.Reserve(); err != nil {
			return nil, err
		}
		b.port = b.reserved.Port
	}
	if s.keepIn == "" {
		if b.dir, err = owner.TempDir(id); err != nil {
			b.reserved.Release()
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			b.reserved.Release()
			if b.log != nil {
				b.log.close()
			}
			b.unlink()
			_ = os.RemoveAll(b.dir)
		}
	}()
	if err := makeProfile(b.dir); err != nil {
		return nil, err
	}
	if backend := s.backend.Name(); backend != "container" { // there it is short
		b.shorten(backend)
	}
	for _, a := range s.addons {
		if err := a.install(b.dir); err != nil {
			return nil, err
		}
	}
	spec, err := s.spec(b)
	if err != nil {
		return nil, err
	}
	spec.Link = b.link
	if s.work {
		if err := os.Mkdir(filepath.Join(b.dir, workFolder), 0o755); err != nil {
			return nil, machinef("make the working folder: %w", err)
		}
	}
	for _, f := range s.prepare {
		if err := f(b.dir); err != nil {
			return nil, fmt.Errorf("prepare the launch: %w", err)
		}
	}
	if err := s.leaveStale(b); err != nil {
		return nil, machinef("leave a stale socket: %w", err)
	}
	if b.log, err = newLog(filepath.Join(b.dir, instance.LogName)); err != nil {
		return nil, err
	}
	spec.Output, b.mounts = b.log, spec.Mounts
	b.started = time.Now()
	if b.proc, err = s.backend.Start(ctx, spec); err != nil {
		return nil, err
	}
	b.backend = s.backend.Name()
	b.command = b.writeCommand(spec)
	go b.watch()
	return b, nil
}

// workFolder is where a Blender begins that has a folder to work in.
const workFolder = "job"

// sweepOnce sweeps at a program's first launch.
var sweepOnce = sync.OnceFunc(owner.Sweep)

// spec resolves everything that does not depend on the backend.
func (s *settings) spec(b *Blender) (*LaunchSpec, error) {
	spec := &LaunchSpec{ID: b.id, Dir: b.dir, Mounts: map[string]string{}, Env: map[string]string{}, Port: b.port, AsPID1: s.asPID1,
		Temporary: b.temporary, Work: "home", Input: s.input, Wrapper: s.wrapper}
	if s.work {
		spec.Work = workFolder
	}
	for name, folder := range s.mounts {
		abs, err := filepath.Abs(folder)
		if err != nil {
			return nil, fmt.Errorf("mount %s: %w", name, err)
		}
		if info, err := os.Stat(abs); err != nil {
			return nil, fmt.Errorf("mount %s: %w", name, err)
		} else if !info.IsDir() {
			return nil, fmt.Errorf("mount %s: %s is not a folder", name, abs)
		}
		spec.Mounts[name] = abs
	}
	fill := filler(b.port, b.token, b.shortScratch())
	for name, value := range s.env {
		spec.Env[name] = fill.Replace(value)
	}

	args := append(s.first(), s.flags...)
	if s.open != "" {
		args = append(args, s.open)
	}
	args = append(args, s.python(), "{dir}/run/witness.py")
	if s.record {
		args = append(args, s.python(), "{dir}/run/recorder.py")
	}
	var enabled, left []string
	for _, a := range s.addons {
		if a.enable {
			enabled = append(enabled, a.module)
		} else {
			left = append(left, a.module)
		}
	}
	if len(left) > 0 {
		spec.Env[addonsVariable] = strings.Join(left, ",")
	}
	if len(enabled) > 0 {
		args = append(args, "--addons", strings.Join(enabled, ","))
	}
	if s.script != "" {
		script, err := mountScript(s.script, spec.Mounts)
		if err != nil {
			return nil, err
		}
		args = append(args, s.python(), script)
	}
	args = append(args, s.then...)
	if len(s.args) > 0 {
		args = append(append(args, "--"), s.args...)
	}
	for _, arg := range args {
		spec.Args = append(spec.Args, fill.Replace(arg))
	}
	return spec, nil
}

// mountScript makes a script on the host readable on every backend.
func mountScript(script string, mounts map[string]string) (string, error) {
	if strings.HasPrefix(script, "{") {
		return script, nil
	}
	path, err := filepath.Abs(script)
	if err != nil {
		return "", fmt.Errorf("find script: %w", err)
	}
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("find script: there is no file %s", path) // Blender would exit 0
	} else if err != nil {
		return "", fmt.Errorf("find script: %w", err)
	} else if err := regular.Check(path, info.Mode()); err != nil {
		return "", fmt.Errorf("find script: %w", err)
	}
	if folder, taken := mounts["script"]; taken && folder != filepath.Dir(path) {
		return "", fmt.Errorf("mount the folder of script %s: the name \"script\" is taken by %s", path, folder)
	}
	mounts["script"] = filepath.Dir(path)
	return "{mount:script}/" + filepath.Base(path), nil
}

func newToken() string {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	return hex.EncodeToString(random)
}
