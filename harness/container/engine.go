package container

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"sync"

	"github.com/moby/moby/client"
	testcontainers "github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// engine is the container engine, and the way to what it publishes.
type engine struct {
	provider *testcontainers.DockerProvider
	api      client.APIClient
	// host at which the harness reaches published ports.
	host string
	// bind is the address of the engine's machine on which ports are published:
	// loopback wherever that is reached.
	bind netip.Addr
	// cpus the engine has.
	cpus float64
}

// hostVariable is testcontainers' own.
const hostVariable = "TESTCONTAINERS_HOST_OVERRIDE"

var connecting sync.Mutex

// connect finds the engine, and sweeps what killed harnesses left there.
func connect(ctx context.Context) (*engine, error) {
	connecting.Lock()
	defer connecting.Unlock()
	// Without a registry there is no image of testcontainers' reaper, and with one
	// it would kill what our own tether ends more exactly. Only the very word true
	// counts, and it is read once a program.
	if err := os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true"); err != nil {
		return nil, fault.Machinef("find the container engine: %w", err)
	}
	logger := log.Default()
	log.SetDefault(log.NewNoopLogger()) // it announces the engine on standard error
	defer log.SetDefault(logger)
	// Unless it is told of the default network, it puts every container into one
	// of its own as well, from which all the world can be reached.
	provider, err := testcontainers.NewDockerProvider(testcontainers.WithLogger(log.NewNoopLogger()),
		testcontainers.WithDefaultBridgeNetwork(testcontainers.Bridge))
	if err != nil {
		return nil, fault.Machinef("find the container engine: %w: is Docker running, and may this user speak to it?", err)
	}
	e := &engine{provider: provider, api: provider.Client()}
	// testcontainers takes another engine when the one that was asked for is not there.
	if asked := os.Getenv("DOCKER_HOST"); asked != "" && asked != e.api.DaemonHost() {
		return nil, fault.Machinef("find the container engine: DOCKER_HOST is %s, and there is none", asked)
	}
	info, err := e.api.Info(ctx, client.InfoOptions{})
	if err != nil {
		return nil, fault.Machinef("ask the container engine at %s: %w: is Docker running, and may this user speak to it?",
			e.api.DaemonHost(), err)
	}
	e.cpus = float64(info.Info.NCPU)
	if err := e.findHost(ctx); err != nil {
		return nil, err
	}
	e.sweepOnce(ctx)
	return e, nil
}

var loopback = netip.MustParseAddr("127.0.0.1")

// findHost tells where published ports are reached, and so where they may be
// published. testcontainers' own answer is wrong where /.dockerenv exists but
// the engine is local: it takes the gateway of the default network.
func (e *engine) findHost(ctx context.Context) error {
	e.host, e.bind = "127.0.0.1", loopback
	if host := os.Getenv(hostVariable); host != "" {
		e.host = host
	} else if daemon, err := url.Parse(e.api.DaemonHost()); err == nil && daemon.Hostname() != "" {
		e.host = daemon.Hostname() // tcp, http, ssh: a socket or pipe has no host
	} else if gateway, ok := e.ownGateway(ctx); ok {
		e.host, e.bind = gateway.String(), gateway
		return nil
	}
	if !isLoopback(e.host) {
		e.bind = netip.IPv4Unspecified() // the engine's address as we see it need not be its own
	}
	return nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}

var ownContainer = regexp.MustCompile(`/containers/([0-9a-f]{64})/`)

// ownGateway is the address of the engine's machine as the container sees it in
// which this very program runs, when it runs in one of this engine.
func (e *engine) ownGateway(ctx context.Context) (netip.Addr, bool) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return netip.Addr{}, false
	}
	id := ownContainer.FindSubmatch(mounts)
	if id == nil {
		return netip.Addr{}, false
	}
	own, err := e.api.ContainerInspect(ctx, string(id[1]), client.ContainerInspectOptions{})
	if err != nil || own.Container.NetworkSettings == nil {
		return netip.Addr{}, false
	}
	for _, network := range own.Container.NetworkSettings.Networks {
		if network.Gateway.IsValid() && hasAddress(network.IPAddress) {
			return network.Gateway, true
		}
	}
	return netip.Addr{}, false
}

// hasAddress tells whether this program's network has the address: its container
// may be a parent of the one it runs in.
func hasAddress(address netip.Addr) bool {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	for _, a := range all {
		if prefix, err := netip.ParsePrefix(a.String()); err == nil && prefix.Addr() == address {
			return true
		}
	}
	return false
}
