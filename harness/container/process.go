package container

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// process is a Blender in a container.
type process struct {
	engine   *engine
	spec     *harness.LaunchSpec
	id       string // of the container
	command  string
	launcher bool

	connection client.ContainerAttachResult
	exit       chan waited // filled once
	leave      context.CancelFunc
	started    chan error
	done       chan struct{}
	status     harness.Status // written before done is closed
	ended      chan struct{}  // closed when the launcher has told all about the end

	mu      sync.Mutex
	cut     bool  // the tether
	outErr  error // from copying the files out
	next    int
	replies map[int]chan reply
	inside  int // Blender's PID in the container
	pid     int // and on this machine; 0: not seen
	ports   network.PortMap
	stats   *stats
	relayed sync.Once // the launcher's relay to sockets was asked for
	relay   error
}

var _ harness.Process = (*process)(nil)

// attach connects to the container's streams before it starts, so that no output
// is missed, and asks for its exit before it can have gone.
func (p *process) attach(ctx context.Context, launcher bool) error {
	p.launcher = launcher
	ctx = context.WithoutCancel(ctx)
	var err error
	p.connection, err = p.engine.api.ContainerAttach(ctx, p.id, client.ContainerAttachOptions{
		Stream: true, Stdin: launcher, Stdout: true, Stderr: true,
	})
	if err != nil {
		return fault.Machinef("attach to the container: %w", err)
	}
	ctx, p.leave = context.WithCancel(ctx)
	p.exit = make(chan waited, 1)
	exit := p.engine.api.ContainerWait(ctx, p.id, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	go func() {
		select {
		case r := <-exit.Result:
			p.exit <- waited{r, nil}
		case err := <-exit.Error:
			p.exit <- waited{err: err}
		}
	}()
	go p.watch()
	return nil
}

// detach gives up a container that could not be started.
func (p *process) detach() {
	p.connection.Close()
	p.engine.remove(context.Background(), p.id)
	<-p.done
}

// watch copies the streams to their end: all output has come then, and process 1
// has ended.
func (p *process) watch() {
	p.status = harness.Status{Code: -1}
	events := p.spec.Output
	if p.launcher {
		events = &eventLines{tell: p.hear, log: p.spec.Output}
	}
	_, err := stdcopy.StdCopy(unfailing{p.spec.Output}, unfailing{events}, p.connection.Reader)
	p.connection.Close()
	select { // a start that was never told
	case p.started <- fault.Machinef("start Blender in a container: it ended before it told that it had started (%v)", err):
	default:
	}
	p.conclude(err)
	p.leave()
	p.mu.Lock()
	p.cut = true
	for id, waiting := range p.replies {
		close(waiting)
		delete(p.replies, id)
	}
	p.mu.Unlock()
	close(p.done)
}

// unfailing hides errors of a log that cannot be written: they must not stop the
// reading of the streams. The log itself tells of them.
type unfailing struct{ io.Writer }

func (w unfailing) Write(p []byte) (int, error) {
	_, _ = w.Writer.Write(p)
	return len(p), nil
}

// conclude fills the status when the streams have ended.
func (p *process) conclude(cause error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	select {
	case <-p.ended: // the launcher has told it all, and was then let go
		p.mu.Lock()
		p.status.Err = p.outErr
		p.mu.Unlock()
		return
	default:
	}
	p.status.Ended = time.Now()
	code, err := p.exitCode(ctx)
	if err != nil {
		p.status.Err = errors.Join(fault.Machinef("learn how the container ended: %w", err), cause)
		return
	}
	p.status.OOM = p.oomKilled(ctx)
	// An engine tells a signal as 128 + its number; a program that exits so by
	// itself looks the same.
	if p.status.Code = code; code > 128 && code < 128+65 {
		p.status.Code, p.status.Signal = -1, syscall.Signal(code-128)
	}
	if p.launcher {
		p.status.Err = fault.Machinef("the launcher in the container ended before Blender, with status %d", code)
		return
	}
	if err := p.copyOut(ctx); err != nil {
		p.status.Err = err
	}
	p.engine.remove(ctx, p.id)
}

// waited is what the engine tells of a container's exit.
type waited struct {
	container.WaitResponse
	err error
}

func (p *process) exitCode(ctx context.Context) (int, error) {
	select {
	case r := <-p.exit:
		if r.err == nil && r.Error != nil {
			r.err = errors.New(r.Error.Message)
		}
		return int(r.StatusCode), r.err
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func (p *process) oomKilled(ctx context.Context) bool {
	state, err := p.engine.api.ContainerInspect(ctx, p.id, client.ContainerInspectOptions{})
	return err == nil && state.Container.State != nil && state.Container.State.OOMKilled
}

// Dir is the instance's folder as Blender sees it.
func (p *process) Dir() string { return innerDir }

// Mount is below the folder of all mounts.
func (p *process) Mount(name string) string { return path.Join(innerMounts, name) }

func (p *process) Command() string       { return p.command }
func (p *process) Done() <-chan struct{} { return p.done }

// Status is valid after Done.
func (p *process) Status() harness.Status { return p.status }

// PID is Blender's on this machine, 0 when the engine is elsewhere.
func (p *process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// find learns what is known only of a running container: where its ports are
// published, and Blender's PID on this machine. A container that has ended by now
// has neither.
func (p *process) find(ctx context.Context) {
	found, err := p.engine.api.ContainerInspect(ctx, p.id, client.ContainerInspectOptions{})
	if err != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if settings := found.Container.NetworkSettings; settings != nil {
		p.ports = settings.Ports
	}
	if state := found.Container.State; state != nil {
		p.pid = procfs.InContainer(state.Pid, p.id, p.inside)
	}
}

// Address is where the port is published. It accepts connections before the
// service listens, and for a service that binds 127.0.0.1 in the container, too:
// they end at once.
func (p *process) Address(_ context.Context, port int) (string, error) {
	number, err := network.ParsePort(strconv.Itoa(port) + "/tcp")
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	bindings := p.ports[number]
	switch {
	case len(bindings) > 0:
		return net.JoinHostPort(p.engine.host, bindings[0].HostPort), nil
	case p.ports == nil:
		return "", os.ErrProcessDone
	case p.spec.Port == 0:
		return "", fmt.Errorf("%w: a service that announces its port must ask for port 0, which gives one from %d to %d here, not %d",
			errNoPort, announcedFirst, announcedFirst+announcedCount-1, port)
	}
	return "", fmt.Errorf("%w: %d", errNoPort, port)
}

// Signal goes to Blender alone. A Blender that is process 1 gets it only when it
// has a handler, as the kernel has it.
func (p *process) Signal(ctx context.Context, sig os.Signal) error {
	number, ok := sig.(syscall.Signal)
	if !ok {
		return fmt.Errorf("unknown signal %v", sig)
	}
	if p.launcher {
		_, err := p.ask(ctx, request{Do: "signal", Signal: int(number)})
		return err
	}
	_, err := p.engine.api.ContainerKill(ctx, p.id, client.ContainerKillOptions{Signal: strconv.Itoa(int(number))})
	if errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
		return os.ErrProcessDone
	}
	if err != nil {
		return fault.Machinef("signal the container: %w", err)
	}
	return nil
}

// Kill ends everything in the container. A launcher that does not act is killed
// with it.
func (p *process) Kill(ctx context.Context) error {
	if p.launcher {
		_, err := p.ask(ctx, request{Do: "kill"})
		patience := time.NewTimer(10 * time.Second)
		defer patience.Stop()
		if err == nil {
			select {
			case <-p.done:
				return nil
			case <-patience.C:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
	}
	_, err := p.engine.api.ContainerKill(ctx, p.id, client.ContainerKillOptions{Signal: "SIGKILL"})
	if err == nil || errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
		return nil
	}
	return fault.Machinef("kill the container: %w", err)
}

// ReadFile reads below the instance's folder: in the container while that is
// there, from the copy afterwards.
func (p *process) ReadFile(ctx context.Context, rel string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return nil, fmt.Errorf("read %s: it lies outside the instance's folder", rel)
	}
	select {
	case <-p.done:
		return os.ReadFile(filepath.Join(p.spec.Dir, filepath.FromSlash(rel)))
	default:
	}
	data, err := p.readInside(ctx, path.Join(innerDir, rel))
	if errdefs.IsNotFound(err) || errdefs.IsConflict(err) || errors.Is(err, os.ErrProcessDone) {
		select {
		case <-p.done: // it ended meanwhile, and has been copied out
			return os.ReadFile(filepath.Join(p.spec.Dir, filepath.FromSlash(rel)))
		default:
			return nil, &os.PathError{Op: "read", Path: path.Join(innerDir, rel), Err: os.ErrNotExist}
		}
	}
	return data, err
}
