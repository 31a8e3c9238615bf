package container

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// networkName is the network of all our containers. It stays when they go, as
// an image does.
const networkName = "bgcheck"

// ensureNetwork makes the network on which a published port can be reached and
// nothing else can: no answer from outside finds its way back (no masquerade),
// and the containers do not see each other (no icc). A network that is internal
// would be stricter, but publishes no ports (Docker 20.10 to 27).
func (e *engine) ensureNetwork(ctx context.Context) error {
	networking.Lock() // launches side by side would each make one
	defer networking.Unlock()
	all, err := e.networks(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err := e.api.NetworkCreate(ctx, networkName, client.NetworkCreateOptions{
			Driver: "bridge",
			Options: map[string]string{
				"com.docker.network.bridge.enable_ip_masquerade": "false",
				"com.docker.network.bridge.enable_icc":           "false",
			},
			Labels: map[string]string{labelNetwork: "true"},
		})
		if err != nil && !errdefs.IsConflict(err) && !errdefs.IsAlreadyExists(err) {
			return fault.Machinef("make network %s: %w", networkName, err)
		}
		if all, err = e.networks(ctx); err != nil {
			return err
		}
	}
	// Two programs that make it at the same moment get two of the same name, which
	// the engine then refuses as ambiguous. Both keep the same one.
	if len(all) > 1 {
		slices.SortFunc(all, func(a, b network.Summary) int { return strings.Compare(a.ID, b.ID) })
		for _, extra := range all[1:] {
			_, _ = e.api.NetworkRemove(ctx, extra.ID, client.NetworkRemoveOptions{})
		}
	}
	return nil
}

var networking sync.Mutex

const labelNetwork = "bgcheck.network"

func (e *engine) networks(ctx context.Context) ([]network.Summary, error) {
	list, err := e.api.NetworkList(ctx, client.NetworkListOptions{Filters: make(client.Filters).Add("name", "^"+networkName+"$")})
	if err != nil {
		return nil, fault.Machinef("list networks: %w", err)
	}
	return list.Items, nil
}

// HostAddress is this machine's address in the containers' network.
func (b *Backend) HostAddress(ctx context.Context) (string, error) {
	engine, _, err := b.open(ctx)
	if err != nil {
		return "", err
	}
	if err := engine.ensureNetwork(ctx); err != nil {
		return "", err
	}
	all, err := engine.networks(ctx)
	if err != nil {
		return "", err
	}
	for _, one := range all {
		for _, config := range one.IPAM.Config {
			if config.Gateway.IsValid() && config.Gateway.Is4() {
				return config.Gateway.String(), nil
			}
		}
	}
	return "", fault.Machinef("find this machine's address in the network %s: it has no gateway", networkName)
}
