package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/service"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// Cost is what the harness costs: this process and Blender's supervisor.
type Cost struct {
	// Quiet is a window in which Blender is quiet and watched.
	Quiet usage.Window `json:"quiet"`
	// Memory resident in the quiet window, in bytes: this program and the
	// supervisor, which share most of their pages.
	Memory uint64 `json:"memory"`
	// Poured is nil when no log was poured.
	Poured *Poured `json:"poured,omitempty"`
	// Announced and Reserved are the delays from the moment the service can
	// answer to WaitReady's return, where it announces its port and where it is
	// asked again and again.
	Announced Delay `json:"announced"`
	Reserved  Delay `json:"reserved"`
}

// Poured is a log that went through the harness.
type Poured struct {
	MiB int `json:"mib"`
	// Seconds from launch to the end, and of this process's CPU. The
	// supervisor does not touch the log.
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	// MemoryGrowth is the most that resident memory grew by, in bytes.
	MemoryGrowth int64 `json:"memory_growth"`
	// Written is the size of the log on disk, in bytes.
	Written int64 `json:"written"`
}

// Delay in milliseconds.
type Delay struct {
	Count  int     `json:"count"`
	Median float64 `json:"median_ms"`
	Max    float64 `json:"max_ms"`
}

func (r *run) cost(ctx context.Context, servers []server) (*Cost, error) {
	c := &Cost{}
	if err := r.costQuiet(ctx, servers, c); err != nil {
		return nil, fmt.Errorf("measure the harness: %w", err)
	}
	var err error
	if r.LogMiB > 0 {
		if c.Poured, err = r.costPoured(ctx); err != nil {
			return nil, fmt.Errorf("measure the harness: %w", err)
		}
	}
	if c.Announced, err = r.delay(ctx, true); err == nil {
		c.Reserved, err = r.delay(ctx, false)
	}
	if err != nil {
		return nil, fmt.Errorf("measure the harness: %w", err)
	}
	return c, nil
}

// costQuiet watches the reference add-on doing nothing.
func (r *run) costQuiet(ctx context.Context, servers []server, c *Cost) (err error) {
	var one *running
	for _, s := range servers {
		if s.name == Reference {
			if one, err = s.start(ctx); err != nil {
				return err
			}
		}
	}
	defer func() { err = errors.Join(err, one.blender.Close()) }()
	own, err := ownProcesses(one.blender.PID())
	if err != nil {
		return err
	}
	before, err := usage.Of(own...)
	if err != nil {
		return err
	}
	if err := pause(ctx, r.Idle/2); err != nil {
		return err
	}
	after, err := usage.Of(own...)
	if err != nil {
		return err
	}
	c.Quiet, c.Memory = usage.Between(before, after), after.RSS
	return nil
}

// ownProcesses are this process and the supervisor of a Blender.
func ownProcesses(blender int) ([]int, error) {
	below, err := usage.Descendants(os.Getpid())
	if err != nil {
		return nil, err
	}
	for _, p := range below {
		if p.PID == blender && p.PPID != os.Getpid() {
			return []int{os.Getpid(), p.PPID}, nil
		}
	}
	return nil, fmt.Errorf("find the supervisor of process %d: it is not below this process", blender)
}

func (r *run) costPoured(ctx context.Context) (_ *Poured, err error) {
	r.say("%d MiB of log", r.LogMiB)
	p := &Poured{MiB: r.LogMiB}
	recorder, err := usage.Record(20*time.Millisecond, func() (usage.Sample, error) { return usage.Of(os.Getpid()) })
	if err != nil {
		return nil, err
	}
	defer recorder.Stop()
	began, used := time.Now(), ownCPU()
	b, err := harness.Launch(ctx, harness.On(r.site.plain()), harness.Mount("site", r.site.dir),
		harness.Script("{mount:site}/bench/pour.py", strconv.Itoa(r.LogMiB)))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	exit, err := b.Wait(ctx)
	if err != nil {
		return nil, err
	}
	if exit.Code != 0 {
		return nil, fmt.Errorf("pour %d MiB of log: %s", r.LogMiB, exit)
	}
	p.Seconds, p.CPUSeconds = time.Since(began).Seconds(), (ownCPU() - used).Seconds()
	recorder.Stop()
	samples := recorder.Samples(time.Time{}, time.Time{})
	for _, s := range samples {
		p.MemoryGrowth = max(p.MemoryGrowth, int64(s.RSS)-int64(samples[0].RSS))
	}
	if info, err := os.Stat(b.Log().Path()); err == nil {
		p.Written = info.Size()
	}
	if want := int64(r.LogMiB) << 20; p.Written < want {
		return nil, fmt.Errorf("pour log: %d bytes of %d are on disk", p.Written, want)
	}
	return p, nil
}

// delay measures WaitReady on a service that is up after a while of its own.
func (r *run) delay(ctx context.Context, announced bool) (Delay, error) {
	var took []float64
	for range 2 * r.Rounds {
		d, err := r.oneDelay(ctx, announced)
		if err != nil {
			return Delay{}, err
		}
		took = append(took, milliseconds(d))
	}
	return Delay{len(took), median(took), most(took)}, nil
}

func (r *run) oneDelay(ctx context.Context, announced bool) (_ time.Duration, err error) {
	port := harness.Port(harness.ReservePort)
	if announced {
		port = harness.Announced(announcement)
	}
	wait := 0.4 + 0.3*rand.Float64() // so that no pace of asking fits by chance
	b, err := harness.Launch(ctx, harness.On(r.site.plain()), harness.Mount("site", r.site.dir), port,
		harness.Script("{mount:site}/bench/ready.py", "{port}", fmt.Sprintf("%.3f", wait), "{scratch}/ready"))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	waiting, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	err = b.WaitReady(waiting, func(ctx context.Context, address string) error {
		_, err := service.TCPJSON(address).Do(ctx, echoRequest)
		return err
	})
	knows := monotonic()
	if err != nil {
		return 0, err
	}
	text, err := os.ReadFile(filepath.Join(b.Dir(), "scratch", "ready"))
	if err != nil {
		return 0, err
	}
	can, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return knows - time.Duration(can), err
}
