package container

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Usage measures Blender's tree: by this machine's /proc when the container's
// processes are seen there, else by the launcher, which reads the same things
// inside, else by the engine's statistics, which come once a second and know of
// no wake-ups and descriptors.
func (p *process) Usage(ctx context.Context) (usage.Sample, error) {
	select {
	case <-p.done:
		return usage.Sample{}, os.ErrProcessDone
	default:
	}
	if pid := p.PID(); pid != 0 {
		sample, err := usage.Tree(pid)
		if !errors.Is(err, fs.ErrPermission) {
			return sample, err
		}
		// Seen, but another user's: who may use the engine need not be root.
	}
	if p.launcher {
		answer, err := p.ask(ctx, request{Do: "sample"})
		answer.Sample.At = time.Now()
		return answer.Sample, err
	}
	return p.statistics(ctx)
}

// stats is the engine's stream of statistics of one container.
type stats struct {
	decoder *json.Decoder
	close   func() error
}

// statistics gives the next of the engine's samples. Its time is the engine's, so
// that a window between two of them is exact.
func (p *process) statistics(ctx context.Context) (usage.Sample, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stats == nil {
		stream, err := p.engine.api.ContainerStats(context.WithoutCancel(ctx), p.id, client.ContainerStatsOptions{Stream: true})
		if err != nil {
			return usage.Sample{}, fault.Machinef("ask the engine for statistics: %w", err)
		}
		p.stats = &stats{json.NewDecoder(stream.Body), stream.Body.Close}
	}
	var next container.StatsResponse
	if err := p.stats.decoder.Decode(&next); err != nil {
		_ = p.stats.close()
		p.stats = nil
		return usage.Sample{}, fault.Machinef("read the engine's statistics: %w", err)
	}
	return usage.Sample{
		At:      next.Read,
		CPU:     time.Duration(next.CPUStats.CPUUsage.TotalUsage),
		RSS:     next.MemoryStats.Usage,
		Threads: int(next.PidsStats.Current),
	}, nil
}

// Listeners are the listening sockets of Blender's tree in the container's own
// network. (The engine's name server listens there, too; it is not of the tree.)
func (p *process) Listeners(ctx context.Context) ([]netip.AddrPort, error) {
	if p.launcher {
		answer, err := p.ask(ctx, request{Do: "listeners"})
		if err != nil {
			return nil, err
		}
		return parseListeners(answer.Listeners)
	}
	pid := p.PID()
	if pid == 0 {
		return nil, fault.Machinef("list listening sockets: Blender is process 1 of a container whose processes are not seen on this machine")
	}
	sample, err := usage.Tree(pid)
	if err != nil {
		return nil, err
	}
	return instance.Listeners(sample)
}

// parseListeners reads addresses as /proc/net/tcp writes them, "0100007F:5B25":
// words of 32 bits in the machine's byte order, which is little-endian wherever
// there is a Blender.
func parseListeners(lines []string) ([]netip.AddrPort, error) {
	var all []netip.AddrPort
	for _, line := range lines {
		host, port, _ := strings.Cut(line, ":")
		raw, err := hex.DecodeString(host)
		if err != nil || len(raw)%4 != 0 {
			return nil, fmt.Errorf("read listening address %q", line)
		}
		for i := 0; i < len(raw); i += 4 {
			binary.LittleEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
		}
		address, ok := netip.AddrFromSlice(raw)
		number, err := strconv.ParseUint(port, 16, 16)
		if !ok || err != nil {
			return nil, fmt.Errorf("read listening address %q", line)
		}
		all = append(all, netip.AddrPortFrom(address.Unmap(), uint16(number)))
	}
	return all, nil
}
