package command

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/remedy"
	"github.com/bgcheck/bgcheck/harness/report"
)

// tryRemedies tries, for what failed, the changes that a program can write: each on a
// copy of the target, judged by the same checks. It says what came of each, and leaves
// those that helped as patches in the out folder.
func (r *checking) tryRemedies(ctx context.Context) error {
	passed := count(r.results)
	tried := map[string]bool{}
	for _, result := range r.results {
		one, ok := remedy.For(r.plan.Target, result)
		if !ok || tried[one.What] || ctx.Err() != nil {
			continue
		}
		tried[one.What] = true
		r.teller.note("trying " + one.What + " on a copy ...")
		said, err := r.tryOne(ctx, one, result, passed, len(tried))
		if err != nil {
			return err
		}
		r.teller.note(said)
	}
	if len(tried) == 0 && len(failed(r.results, r.chosen)) > 0 {
		r.teller.note("no remedy for what failed can be tried by itself")
	}
	return nil
}

// tryOne judges a changed copy, and says what came of it in a sentence.
func (r *checking) tryOne(ctx context.Context, one remedy.Remedy, result report.Result, passed, number int) (said string, err error) {
	folder, err := os.MkdirTemp("", "bgcheck-remedy-")
	if err != nil {
		return "", CouldNot.as(err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	changed, err := one.Try(r.plan.Target, folder)
	if err != nil {
		return "not tried: " + err.Error(), nil
	}
	results, err := judge(ctx, contract.Config{Target: changed, Backend: r.plan.Backend, Out: filepath.Join(folder, "lives")},
		contract.Plan{Checks: r.chosen, Side: r.word.Side})
	if err != nil || ctx.Err() != nil {
		return "", CouldNot.as(err)
	}
	now := count(results)
	if !good(results, result.Name) || now < passed {
		return fmt.Sprintf("tried: %s does not help (%s; %d of %d pass, %d without it)", one.What, result.Name, now, len(results), passed), nil
	}
	base, patch, err := one.Patch()
	if err != nil {
		return "", CouldNot.as(err)
	}
	name := filepath.Join(r.settings.Out, fmt.Sprintf("remedy-%d.patch", number))
	if err := os.WriteFile(name, []byte(patch), 0o644); err != nil {
		return "", CouldNot.as(err)
	}
	return fmt.Sprintf("tried: with %s %d of %d pass, %d without it; the change: cd %s && git apply %s",
		one.What, now, len(results), passed, base, absolute(name)), nil
}

// count is how many passed.
func count(results []report.Result) int {
	n := 0
	for _, result := range results {
		if result.Verdict == report.Pass {
			n++
		}
	}
	return n
}

// good says whether the check of that name passed.
func good(results []report.Result, name string) bool {
	for _, result := range results {
		if result.Name == name {
			return result.Verdict == report.Pass
		}
	}
	return false
}

func absolute(path string) string {
	if whole, err := filepath.Abs(path); err == nil {
		return whole
	}
	return path
}
