package command

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/bgcheck/bgcheck/harness/fuzz"
	"github.com/bgcheck/bgcheck/harness/report"
)

type soakWord struct {
	What string `arg:"" optional:"" name:"addon-or-target" predictor:"file" help:"An add-on with a service, or a target file. Default: bgcheck.yaml here or above."`

	For  time.Duration `default:"10m" placeholder:"TIME" help:"For so long, as in 1h or 90s; at least 10s, default: 10m."`
	Seed uint64        `placeholder:"N" help:"Makes the same load again; default: a random one, which is said."`

	where
}

// Help stands in `bgcheck soak --help`.
func (*soakWord) Help() string {
	return `The load is mixed: echo of many sizes, exec of many shapes, requests that are almost right, clients that leave. A line a second says what was seen. In the end memory, descriptors, threads and datablocks must be flat: the growth by the line through all samples but the first fifth, with half of its 95 % interval, stays below a small bound.

Exit status: 0 every good request was answered and all is flat, 1 not so, 2 interrupted, 3 could not run, 4 the command line or the target file is wrong.`
}

// Run soaks a service.
func (w *soakWord) Run(c *call) error {
	if w.For < 10*time.Second {
		return Wrong.because("--for takes 10s at least: a trend needs samples")
	}
	return w.ask(c, w.What, "soak", w.soak)
}

func (w *soakWord) soak(ctx context.Context, a *asking) error {
	seed := w.Seed
	if seed == 0 {
		seed = rand.Uint64N(1 << 32)
	}
	fmt.Fprintln(a.out, report.Harmless(fmt.Sprintf("%s on %s, for %s, seed %d", a.plan.Target.Name, blender(a.plan), w.For, seed)))
	result, err := fuzz.Soak(ctx, a.session, fuzz.SoakConfig{For: w.For, Seed: seed, Each: func(second fuzz.Second) { fmt.Fprintln(a.out, second) }})
	switch {
	case errors.Is(err, errInterrupted):
		fmt.Fprintf(a.out, "interrupted after %d requests, of which %d good ones failed\n", result.Requests, result.Failed)
		return Interrupted.ended()
	case err != nil:
		return CouldNot.as(err)
	}
	fmt.Fprintf(a.out, "\n%d requests; %d good ones got no reply\n", result.Requests, result.Failed)
	if result.FirstFailure != "" {
		fmt.Fprintln(a.out, report.Harmless("  the first: "+result.FirstFailure))
	}
	if result.Broken != "" {
		fmt.Fprintln(a.out, report.Harmless("FAIL: "+result.Broken))
	}
	for _, trend := range result.Trends {
		fmt.Fprintln(a.out, trend)
	}
	if !result.Good() {
		return NotGood.ended()
	}
	return nil
}
