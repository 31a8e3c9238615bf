package checks_test

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// aFixture bounds the whole contract on one fixture. It is a safety net: on two
// busy cores a fixture takes less than a tenth of it.
const aFixture = 10 * time.Minute

func names() []string {
	var all []string
	for _, check := range checks.All() {
		all = append(all, check.Name)
	}
	return all
}

func TestEveryCheckHasAFixtureThatIsWrongInJustThatWay(t *testing.T) {
	if uncaught := fixtures.Uncaught(names()); len(uncaught) > 0 {
		t.Errorf("no fixture is expected to fail: %s\nadd one to fixtures/wrong and to fixtures/table.go", strings.Join(uncaught, ", "))
	}
	if unknown := fixtures.Unknown(names()); len(unknown) > 0 {
		t.Errorf("the catalogue has no check that fixtures are expected to fail: %s", strings.Join(unknown, ", "))
	}
}

// TestProof runs the whole contract on every fixture, and in a container what
// only a container shows. BGCHECK_OUT names the
// folder in which it leaves proof.json; BGCHECK_REQUIRE_BLENDER=1 makes a
// missing Blender an error.
func TestProof(t *testing.T) {
	info := needBlender(t)
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	proof := &fixtures.Proof{Blender: info.Version, Backend: "local", Started: time.Now(), Checks: names()}
	var mu sync.Mutex
	add := func(t *testing.T, row fixtures.Row) {
		mu.Lock()
		proof.Rows = append(proof.Rows, row)
		mu.Unlock()
		t.Logf("%.0f s, failed: %s\n%s", row.Seconds, strings.Join(row.Failed, ", "), fixtures.Verdicts(row.Results))
		if len(row.Problems) > 0 {
			t.Errorf("%s: %s\n%s", row.Folder(), strings.Join(row.Problems, "\n  "), fixtures.Verdicts(row.Results))
		}
	}
	t.Cleanup(func() { writeProof(t, proof) })
	// The right ones first: every check runs on them, and they take longest. How many
	// run at once is go test's -parallel (see ci/proof.sh): most of a fixture is waiting.
	all := fixtures.All()
	slices.SortStableFunc(all, func(a, b fixtures.Fixture) int { return cmp.Compare(a.Wrong, b.Wrong) })
	for _, f := range all {
		t.Run(f.Folder(), func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			results := judgeAll(t, f.File(root), harness.Local(""))
			add(t, fixtures.NewRow(f, results, time.Since(began)))
		})
	}
	t.Run("container", func(t *testing.T) {
		backend := needContainer(t)
		for _, f := range fixtures.All() {
			whole := f.In(backend.Name())
			if len(whole.Fails) == len(f.Fails) {
				continue
			}
			t.Run(f.Folder(), func(t *testing.T) {
				t.Parallel()
				began := time.Now()
				row := fixtures.NewRow(whole, judgeAll(t, f.File(root), backend, whole.Fails...), time.Since(began))
				row.Backend = backend.Name()
				add(t, row)
			})
		}
	})
}

// judgeAll runs the checks, or the whole catalogue, on the target file at path.
func judgeAll(t *testing.T, path string, backend harness.Backend, names ...string) []report.Result {
	t.Helper()
	under, err := target.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), aFixture)
	defer cancel()
	results, err := checks.RunAll(ctx, contract.Config{Target: under, Backend: backend, Out: t.TempDir()}, names...)
	if err != nil {
		t.Error(err)
	}
	return results
}

// needBlender skips the test when there is no Blender, or fails it when one is required.
func needBlender(t *testing.T) harness.Info {
	t.Helper()
	info, err := harness.Local("").Info(t.Context())
	switch {
	case err == nil:
		return info
	case errors.Is(err, harness.ErrMachine) && os.Getenv("BGCHECK_REQUIRE_BLENDER") == "":
		t.Skipf("the fixtures are proved on a real Blender: %v", err)
	default:
		t.Fatal(err)
	}
	return info
}

// writeProof leaves the table behind; a part of the fixtures (-run) makes none.
func writeProof(t *testing.T, proof *fixtures.Proof) {
	out := os.Getenv("BGCHECK_OUT")
	whole := 0
	for _, row := range proof.Rows {
		if row.Backend == "" {
			whole++
		}
	}
	if out == "" || whole < len(fixtures.All()) {
		return
	}
	proof.Seconds = time.Since(proof.Started).Seconds()
	proof.Sort()
	if err := proof.Write(out); err != nil {
		t.Error(err)
	}
	t.Logf("\n%s", proof.Text())
}
