// Command bundled judges all add-ons that a Blender brings, each hosted in
// bgcheck's service, and writes a table of add-on by check. With -truth it
// compares each verdict with what truth_all.py saw in plain Blender:
//
//	go run ./ci/bundled -out out/bundled -truth out/truth.jsonl
//	go run ./ci/bundled -backend container -blender 4.3
//
// Without names it takes all; the exit status is 1 when a verdict is not true, or
// an add-on could not be judged.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // -backend container
	"github.com/bgcheck/bgcheck/harness/spec/setup"
	"github.com/bgcheck/bgcheck/harness/target"
)

// asked are the checks of a bundled add-on, all but those that say nothing more
// of one that nobody here can change: what it can break by itself.
var asked = []string{
	"start/ready", "start/enabled", "start/by-flag", "start/loopback-only", "alive/stays", "alive/scene", "idle/cpu", "idle/wakeups",
	"exec/takes-effect", "stop/sigterm", "tidy/cycle", "tidy/writes", "addon/workout", "addon/operators",
}

// row is one add-on's line of the table.
type row struct {
	Addon   string
	Seconds float64
	Results []report.Result
}

func main() {
	out := flag.String("out", "out/bundled", "folder for the table and the lives' logs")
	truth := flag.String("truth", "", "what truth_all.py wrote, to compare with; default: ci/bundled/truth-VERSION.jsonl where there is one")
	page := flag.String("page", "", "folder that the table is written to as well, as BUNDLED-VERSION.md")
	jobs := flag.Int("jobs", runtime.NumCPU()+1, "add-ons judged side by side")
	name := flag.String("backend", os.Getenv("BGCHECK_BACKEND"), "local or container; default: local")
	blender := flag.String("blender", os.Getenv("BGCHECK_BLENDER"), "the Blender whose add-ons they are; for containers a version")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	backend, err := setup.NewBackend(setup.Settings{Backend: cmp.Or(*name, "local"), Blender: *blender})
	if err == nil {
		err = run(ctx, backend, *out, *truth, *page, *jobs, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bundled:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, backend harness.Backend, out, truth, into string, jobs int, names []string) error {
	info, err := backend.Info(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		if names, err = bundled(ctx, backend); err != nil {
			return err
		}
	}
	var known map[string]seenTruth
	if usual := "ci/bundled/truth-" + info.Version + ".jsonl"; truth == "" {
		if _, err := os.Stat(usual); err == nil {
			truth = usual
		} else {
			fmt.Printf("not compared: there is no %s; python3 ci/bundled/truth_all.py --short %s makes one, in a container where that Blender is in one\n", usual, usual)
		}
	}
	if truth != "" {
		if known, err = readTruth(truth); err != nil {
			return err
		}
	}
	began := time.Now()
	rows, err := judgeAll(ctx, backend, out, names, jobs)
	if err != nil {
		return err
	}
	page := table{Blender: info.Version, Rows: rows, Seconds: time.Since(began).Seconds(), Jobs: jobs, Truth: known}
	text, wrong := page.markdown()
	file := filepath.Join(out, "bundled-"+info.Version+".md")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the table: %w", err)
	}
	if into != "" {
		if err := os.WriteFile(filepath.Join(into, "BUNDLED-"+info.Version+".md"), []byte(text), 0o644); err != nil {
			return fmt.Errorf("write the page: %w", err)
		}
	}
	fmt.Printf("%d add-ons in %.0f s, %s\n", len(rows), page.Seconds, file)
	if len(wrong) > 0 {
		return errors.New("not true, or not judged:\n  " + strings.Join(wrong, "\n  "))
	}
	return ctx.Err()
}

// bundled asks Blender which add-ons it brings.
func bundled(ctx context.Context, backend harness.Backend) ([]string, error) {
	script, err := os.ReadFile("ci/bundled/names.py")
	if err != nil {
		return nil, fmt.Errorf("list add-ons (run it at the top of the repository): %w", err)
	}
	b, err := harness.Launch(ctx, harness.On(backend), harness.Prepare(func(dir string) error {
		return os.WriteFile(filepath.Join(dir, "run", "names.py"), script, 0o644)
	}), harness.Script("{dir}/run/names.py"))
	if err != nil {
		return nil, fmt.Errorf("list add-ons: %w", err)
	}
	defer func() { _ = b.Close() }()
	if _, err := b.Wait(ctx); err != nil {
		return nil, fmt.Errorf("list add-ons: %w", err)
	}
	var names []string
	for _, line := range b.Log().Tail(1000) {
		if name, ok := strings.CutPrefix(line, "add-on "); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("list add-ons: this Blender brings none")
	}
	return names, nil
}

// judgeAll judges so many add-ons side by side. What Blender does without any is
// measured once.
func judgeAll(ctx context.Context, backend harness.Backend, out string, names []string, jobs int) ([]row, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for the table: %w", err)
	}
	var list []contract.Check
	for _, name := range asked {
		check, ok := checks.Find(name)
		if !ok {
			return nil, fmt.Errorf("there is no check %s", name)
		}
		list = append(list, check)
	}
	machine := &contract.Machine{}
	rows := make([]row, len(names))
	next := make(chan int)
	errs := make(chan error, len(names))
	var all sync.WaitGroup
	for range max(jobs, 1) {
		all.Go(func() {
			for i := range next {
				began := time.Now()
				results, err := judge(ctx, backend, machine, names[i], list)
				if err != nil {
					errs <- fmt.Errorf("%s: %w", names[i], err)
				}
				rows[i] = row{names[i], time.Since(began).Seconds(), results}
				fmt.Printf("%-32s %5.1f s  %s\n", names[i], rows[i].Seconds, rows[i].verdicts())
			}
		})
	}
	for i := range names {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	all.Wait()
	close(errs)
	var first []error
	for err := range errs {
		first = append(first, err)
	}
	return rows, errors.Join(first...)
}

// judge judges one add-on in a session of its own, one life after the other.
func judge(ctx context.Context, backend harness.Backend, machine *contract.Machine, name string, list []contract.Check) ([]report.Result, error) {
	session, err := contract.Open(contract.Config{
		Target:  &target.Target{Module: name, Budgets: target.Budgets{Quiet: time.Second}},
		Backend: backend, Machine: machine,
	})
	if err != nil {
		return nil, err
	}
	results := checks.Judge(ctx, session, contract.Plan{Checks: list, Side: 1})
	return results, session.Close()
}

// verdicts are those that did not pass, in a line.
func (r row) verdicts() string {
	var said []string
	for _, result := range r.Results {
		if result.Verdict != report.Pass {
			said = append(said, fmt.Sprintf("%s %s", result.Verdict, result.Name))
		}
	}
	return strings.Join(said, ", ")
}
