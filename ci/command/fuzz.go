package command

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/bgcheck/bgcheck/harness/fuzz"
	"github.com/bgcheck/bgcheck/harness/report"
)

type fuzzWord struct {
	What string `arg:"" optional:"" name:"addon-or-target" predictor:"file" help:"An add-on with a service, or a target file. Default: bgcheck.yaml here or above."`

	Requests int           `default:"10000" placeholder:"N" help:"How many requests, default: 10000."`
	For      time.Duration `default:"60s" placeholder:"TIME" help:"At most for so long, as in 10m, default: 60s."`
	Seed     uint64        `placeholder:"N" help:"Makes the same requests again; default: a random one, which is said."`
	Replay   string        `type:"existingfile" predictor:"file" placeholder:"FILE" help:"Send what an earlier run has found, and nothing else."`

	where
}

// Help stands in `bgcheck fuzz --help`.
func (*fuzzWord) Help() string {
	return `Requests are good ones of the target file, changed at random. The service must stay alive and answer good requests in between, its memory must stay flat, and each reply must be well-formed or the connection closed. What breaks it is made smaller and written below OUT/fuzz, with the command that repeats it.

Only the request that asks whether it lives (ready, echo) is changed: no changed code is run where the target file has one of these.

Exit status: 0 nothing broke it, 1 something did, 2 interrupted, 3 could not run, 4 the command line or the target file is wrong.`
}

// saved is a finding as a file.
type saved struct {
	Schema string `json:"schema"`
	Target string `json:"target"`
	fuzz.Finding
}

const fuzzSchema = "bgcheck-fuzz/1"

// Run fuzzes a service, or replays what has broken it.
func (w *fuzzWord) Run(c *call) error {
	if w.Requests < 1 || w.For <= 0 {
		return Wrong.because("--requests and --for take a number above 0")
	}
	var again *saved
	if w.Replay != "" {
		var err error
		if again, err = readFinding(w.Replay); err != nil {
			return Wrong.as(err)
		}
	}
	return w.ask(c, w.What, "fuzz", func(ctx context.Context, a *asking) error {
		fmt.Fprintln(c.out, report.Harmless(fmt.Sprintf("%s on %s", a.plan.Target.Name, blender(a.plan))))
		if again != nil {
			return w.replay(ctx, a, again)
		}
		return w.fuzz(ctx, a)
	})
}

// replay sends what was found once more.
func (w *fuzzWord) replay(ctx context.Context, a *asking, again *saved) error {
	seen, err := fuzz.Replay(ctx, a.session, again.Inputs)
	switch {
	case ctx.Err() != nil:
		return Interrupted.as(context.Cause(ctx))
	case err != nil:
		return CouldNot.as(err)
	case seen == "":
		fmt.Fprintf(a.out, "%d requests sent: nothing broke\n", len(again.Inputs))
		return nil
	}
	fmt.Fprintln(a.out, report.Harmless("FAIL: "+seen))
	return NotGood.ended()
}

func (w *fuzzWord) fuzz(ctx context.Context, a *asking) error {
	show := a.plan.Settings.Show
	seed := w.Seed
	if seed == 0 {
		seed = rand.Uint64N(1 << 32)
	}
	fmt.Fprintf(a.out, "seed %d, %d requests or %s\n", seed, w.Requests, w.For)
	status := newStatus(a.errout, took{})
	result, err := fuzz.Run(ctx, a.session, fuzz.Config{Requests: w.Requests, For: w.For, Seed: seed})
	status.stop()
	switch {
	case errors.Is(err, errInterrupted):
		fmt.Fprintf(a.out, "interrupted after %d requests: %s\n", result.Requests, result)
		return Interrupted.ended()
	case err != nil:
		return CouldNot.as(err)
	}
	memory := "memory was not measured"
	if !math.IsNaN(result.Memory) {
		memory = fmt.Sprintf("memory %+.1f ± %.1f MiB", result.Memory/(1<<20), result.Uncertain/(1<<20))
	}
	fmt.Fprintf(a.out, "%d requests in %.1f s: %s; %s\n", result.Requests, result.Took.Seconds(), result, memory)
	if result.Finding == nil {
		fmt.Fprintln(a.out, "nothing broke it")
		return nil
	}
	fmt.Fprintln(a.out, report.Harmless("FAIL: "+result.Finding.Seen))
	if len(result.Finding.Inputs) == 0 {
		fmt.Fprintln(a.out, "  $ "+fuzz.Command(show(a.session.Target().Path), "--seed", fmt.Sprint(seed), "--requests", fmt.Sprint(w.Requests)))
		return NotGood.ended()
	}
	file, err := writeFinding(a.folder, a.session.Target().Name, result.Finding)
	if err != nil {
		return CouldNot.as(err)
	}
	if result.Finding.Repeats {
		fmt.Fprintf(a.out, "it takes %d of these requests (%d bytes), made as small as could be found\n", len(result.Finding.Inputs), size(result.Finding.Inputs))
	} else {
		fmt.Fprintf(a.out, "it did not happen again with the last %d requests, which are kept\n", len(result.Finding.Inputs))
	}
	fmt.Fprintln(a.out, "  $ "+fuzz.Command(show(a.session.Target().Path), "--replay", show(file)))
	return NotGood.ended()
}

func size(inputs []fuzz.Input) int {
	n := 0
	for _, input := range inputs {
		n += len(input.Wire)
	}
	return n
}

func writeFinding(folder, name string, finding *fuzz.Finding) (string, error) {
	text, err := json.MarshalIndent(saved{fuzzSchema, name, *finding}, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write what was found: %w", err)
	}
	sum := sha256.Sum256(text)
	file := filepath.Join(folder, fmt.Sprintf("finding-%x.json", sum[:6]))
	if err = os.MkdirAll(folder, 0o700); err == nil {
		err = os.WriteFile(file, append(text, '\n'), 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("write what was found: %w", err)
	}
	return file, nil
}

func readFinding(file string) (*saved, error) {
	info, err := os.Stat(file)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > 64<<20) {
		err = errors.New("it is no file that fuzz has written")
	}
	var text []byte
	if err == nil {
		text, err = os.ReadFile(file)
	}
	var found saved
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err == nil && (found.Schema != fuzzSchema || len(found.Inputs) == 0) {
		err = fmt.Errorf("expected schema %q and inputs, as fuzz has written them below OUT/fuzz", fuzzSchema)
	}
	if err != nil {
		return nil, fmt.Errorf("read what was found, %s: %w", file, err)
	}
	return &found, nil
}
