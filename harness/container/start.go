package container

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	testcontainers "github.com/testcontainers/testcontainers-go"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
)

// Where an instance's folder and the mounts are in the container. Both are
// anonymous volumes: files can be copied in before the start and out at the end
// although the root is read-only, and they go with the container.
const (
	innerDir    = "/bgcheck"
	innerMounts = "/mounts"
)

// user that runs in the container, whatever the image says: a number needs no
// entry in its /etc/passwd. Our images call it blender.
const user = 1000

// announcedFirst and announcedCount are the ports that a service gets when it
// asks for any free one. A port must be published before the container starts,
// so the kernel is told to choose from these. Each costs the engine a tenth of a
// second on a busy machine; Linux gives the odd ones to listeners first.
const (
	announcedFirst = 49152
	announcedCount = 4
)

// Start makes the container, copies the instance's folder and the mounts into
// it, attaches to it and starts it. An error wraps harness.ErrMachine.
func (b *Backend) Start(ctx context.Context, spec *harness.LaunchSpec) (harness.Process, error) {
	engine, blend, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	launcher := !spec.AsPID1 && blend.python != ""
	p, err := b.onNetwork(ctx, engine, blend, spec, launcher)
	if launcher && err != nil && noExecutable(err) {
		// No Python in the image, which is not ours: Blender itself, under the
		// engine's init.
		b.mu.Lock()
		blend.python = ""
		b.mu.Unlock()
		p, err = b.onNetwork(ctx, engine, blend, spec, false)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// onNetwork starts the container on our network, and again where that is gone
// between the two: another program made one too, and this one was the second.
func (b *Backend) onNetwork(ctx context.Context, e *engine, blend *blend, spec *harness.LaunchSpec, launcher bool) (*process, error) {
	for attempt := 1; ; attempt++ {
		if err := e.ensureNetwork(ctx); err != nil {
			return nil, err
		}
		p, err := b.start(ctx, e, blend, spec, launcher)
		if err == nil || attempt == 3 || !noNetwork(err) {
			return p, err
		}
	}
}

// noNetwork tells whether the engine did not find the network, or found several.
func noNetwork(err error) bool {
	text := err.Error()
	return strings.Contains(text, "network") && (strings.Contains(text, "not found") || strings.Contains(text, "ambiguous"))
}

// noExecutable tells whether the engine did not find the program to start.
func noExecutable(err error) bool {
	return strings.Contains(err.Error(), "executable file not found") || strings.Contains(err.Error(), "no such file or directory")
}

func (b *Backend) start(ctx context.Context, e *engine, blend *blend, spec *harness.LaunchSpec, launcher bool) (_ *process, err error) {
	l, err := b.plan(e, blend, spec, launcher)
	if err != nil {
		return nil, err
	}
	made, err := e.provider.CreateContainer(ctx, l.request())
	p := &process{engine: e, spec: spec, command: l.byHand(b.image), started: make(chan error, 1), done: make(chan struct{}),
		ended: make(chan struct{}), replies: map[int]chan reply{}}
	if made != nil {
		p.id = made.GetContainerID()
	}
	defer func() {
		if err != nil && p.id != "" {
			e.remove(context.WithoutCancel(ctx), p.id)
		}
	}()
	if err != nil {
		return nil, fault.Machinef("make a container of %s: %w", b.image, err)
	}
	if err := p.copyIn(ctx, spec); err != nil {
		return nil, err
	}
	if err := p.attach(ctx, launcher); err != nil {
		return nil, err
	}
	if err := made.Start(ctx); err != nil {
		p.detach()
		return nil, fault.Machinef("start a container of %s: %w", b.image, err)
	}
	if !launcher {
		p.started <- nil
	}
	select {
	case err = <-p.started:
	case <-ctx.Done():
		err = fault.Machinef("start Blender in a container: %w", context.Cause(ctx))
	}
	if err != nil {
		p.detach()
		return nil, err
	}
	p.find(ctx)
	return p, nil
}

// plan is a launch with all its strings as the container will see them.
type plan struct {
	image    string
	command  []string // process 1
	blender  []string // Blender itself
	env      map[string]string
	labels   map[string]string
	ports    []network.Port
	bind     netip.Addr
	mounts   map[string]string
	dir      string
	work     string // the folder below dir that Blender begins in
	limits   limits
	launcher bool
	asPID1   bool
}

func (b *Backend) plan(e *engine, blend *blend, spec *harness.LaunchSpec, launcher bool) (*plan, error) {
	l := &plan{
		image: b.image, blender: []string{blend.executable}, env: instance.Env(spec.ID, innerDir), bind: e.bind,
		mounts: spec.Mounts, dir: spec.Dir, work: spec.Work, limits: b.limits, launcher: launcher, asPID1: spec.AsPID1,
		labels: map[string]string{labelInstance: spec.ID, labelWhere: where()},
	}
	if l.limits.cpus > e.cpus {
		l.limits.cpus = e.cpus // the engine refuses more than it has
	}
	inner := map[string]string{}
	for name := range spec.Mounts {
		if name == "" || name == "." || name == ".." || strings.ContainsAny(name, `/\`) {
			return nil, fmt.Errorf("mount %q: the name is no file name", name)
		}
		inner[name] = path.Join(innerMounts, name)
	}
	for _, arg := range spec.Args {
		arg, err := instance.Expand(arg, innerDir, inner)
		if err != nil {
			return nil, err
		}
		l.blender = append(l.blender, arg)
	}
	if spec.Wrapper != "" {
		wrapper, err := instance.Expand(spec.Wrapper, innerDir, inner)
		if err != nil {
			return nil, err
		}
		l.blender[0] = wrapper // it finds blender in the image's PATH
	}
	for name, value := range spec.Env {
		value, err := instance.Expand(value, innerDir, inner)
		if err != nil {
			return nil, err
		}
		l.env[name] = value
	}
	l.command = l.blender
	if launcher && spec.Input != harness.InputAtEnd {
		l.env[inputVariable] = string(spec.Input)
	}
	if launcher {
		l.command = append([]string{blend.python, "-ISB", path.Join(innerDir, launcherPath)}, l.blender...)
	}
	first, count := spec.Port, 1
	if spec.Port == 0 {
		first, count = announcedFirst, announcedCount
	}
	for n := first; n < first+count; n++ {
		port, err := network.ParsePort(strconv.Itoa(n) + "/tcp")
		if err != nil {
			return nil, fmt.Errorf("publish port %d: %w", n, err)
		}
		l.ports = append(l.ports, port)
	}
	return l, nil
}

func (l *plan) request() testcontainers.ContainerRequest {
	exposed := make([]string, len(l.ports))
	for i, port := range l.ports {
		exposed[i] = port.String()
	}
	return testcontainers.ContainerRequest{
		Image:              l.image,
		Env:                l.env,
		Labels:             l.labels,
		Networks:           []string{networkName},
		ExposedPorts:       exposed,
		ConfigModifier:     l.configure,
		HostConfigModifier: l.confine,
	}
}

func (l *plan) configure(c *container.Config) {
	c.Entrypoint, c.Cmd = l.command[:1], l.command[1:]
	c.User = fmt.Sprintf("%d:%d", user, user)
	c.WorkingDir = path.Join(innerDir, l.work)
	c.AttachStdout, c.AttachStderr = true, true
	// The tether: the engine closes it when the one client that is attached goes.
	c.AttachStdin, c.OpenStdin, c.StdinOnce = l.launcher, l.launcher, l.launcher
	c.Healthcheck = &container.HealthConfig{Test: []string{"NONE"}}
}

func (l *plan) confine(h *container.HostConfig) {
	yes, no := true, false
	h.Init = &no
	if !l.launcher && !l.asPID1 {
		h.Init = &yes
	}
	h.AutoRemove = l.launcher // with the launcher, what is wanted has been copied out before the end
	h.ReadonlyRootfs = true
	h.Tmpfs = map[string]string{"/tmp": "rw,nosuid,nodev,mode=1777,size=256m", "/var/tmp": "rw,nosuid,nodev,mode=1777,size=256m"}
	h.Mounts = append(h.Mounts, mount.Mount{Type: mount.TypeVolume, Target: innerDir})
	if len(l.mounts) > 0 {
		h.Mounts = append(h.Mounts, mount.Mount{Type: mount.TypeVolume, Target: innerMounts})
	}
	h.CapDrop = []string{"ALL"}
	h.SecurityOpt = []string{"no-new-privileges"}
	// What an engine keeps of the output is cut at some size; ours is read by
	// attaching before the start, and is complete.
	h.LogConfig = container.LogConfig{Type: "none"}
	h.Memory, h.MemorySwap = l.limits.memory, l.limits.memory
	h.NanoCPUs = int64(l.limits.cpus * 1e9)
	if l.limits.pids > 0 {
		h.PidsLimit = &l.limits.pids
	}
	h.PortBindings = network.PortMap{}
	for _, port := range l.ports {
		h.PortBindings[port] = []network.PortBinding{{HostIP: l.bind}}
	}
	if len(l.ports) > 1 {
		h.Sysctls = map[string]string{
			"net.ipv4.ip_local_port_range": fmt.Sprintf("%d %d", announcedFirst, announcedFirst+announcedCount-1),
		}
	}
}

// byHand is the launch as a line for a POSIX shell: Blender as process 1 or
// under the engine's init, the folders mounted.
func (l *plan) byHand(image string) string {
	words := []string{"docker", "run", "--rm", "--user", fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()),
		"--volume", l.dir + ":" + innerDir, "--workdir", path.Join(innerDir, l.work)}
	if !l.asPID1 {
		words = append(words, "--init")
	}
	for _, name := range slices.Sorted(maps.Keys(l.mounts)) {
		words = append(words, "--volume", l.mounts[name]+":"+path.Join(innerMounts, name)+":ro")
	}
	if len(l.ports) == 1 {
		words = append(words, "--publish", fmt.Sprintf("127.0.0.1:%d:%d", l.ports[0].Num(), l.ports[0].Num()))
	}
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if name != instance.Variable { // what bears it is swept when its owner has ended
			words = append(words, "--env", name+"="+l.env[name])
		}
	}
	words = append(words, "--entrypoint", l.blender[0], image)
	return instance.Quote(append(words, l.blender[1:]...)...)
}

// remove forces a container away, with its volumes.
func (e *engine) remove(ctx context.Context, id string) {
	_, _ = e.api.ContainerRemove(ctx, id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
}

// inputVariable tells the launcher what Blender finds on its standard input.
const inputVariable = "BGCHECK_STDIN"

var errNoPort = errors.New("the port is not published")
