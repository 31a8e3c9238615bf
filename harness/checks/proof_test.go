package checks_test

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"hash/fnv"
	"os"
	"regexp"
	"slices"
	"strconv"
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

func TestEveryCheckHasAFixtureThatIsWrongInJustThatWay(t *testing.T) {
	if uncaught := fixtures.Uncaught(checks.Names()); len(uncaught) > 0 {
		t.Errorf("no fixture is expected to fail: %s\nadd one to fixtures/wrong and to fixtures/table.go", strings.Join(uncaught, ", "))
	}
	if unknown := fixtures.Unknown(checks.Names()); len(unknown) > 0 {
		t.Errorf("the catalogue has no check that fixtures are expected to fail: %s", strings.Join(unknown, ", "))
	}
}

// TestProof runs the contract on every fixture, and in a container what only a
// container shows. BGCHECK_PROOF names the folder in which it leaves proof.json, and has
// it run the whole contract; without it each is asked a part (see some). With
// BGCHECK_PROOF_ONLY, a regular expression, proof.json keeps what it says of fixtures
// with another name. BGCHECK_REQUIRE_BLENDER=1 makes a missing Blender an error.
func TestProof(t *testing.T) {
	info := needBlender(t)
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	proof := &fixtures.Proof{Blender: info.Version, Backend: "local", Started: time.Now(), Checks: checks.Names()}
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
	proof.Rows = keptRows(t)
	proof.Kept = len(proof.Rows)
	kept := slices.Clone(proof.Rows)
	t.Cleanup(func() { writeProof(t, proof) })
	var jobs []job
	for _, f := range fixtures.All() {
		if slices.ContainsFunc(kept, func(r fixtures.Row) bool { return r.Folder() == f.Folder() }) {
			continue
		}
		jobs = append(jobs, job{name: f.Folder(), fixture: f})
		if whole := f.In("container"); len(whole.Fails) > len(f.Fails) {
			jobs = append(jobs, job{name: "container/" + f.Folder(), fixture: whole, container: true})
		}
	}
	slices.SortStableFunc(jobs, func(a, b job) int { return cmp.Compare(b.weight(), a.weight()) })
	sideBySide(t, jobs, func(t *testing.T, j job) {
		began := time.Now()
		if !j.container {
			add(t, fixtures.NewRow(j.fixture, judgeAll(t, j.fixture.File(root), harness.Local(""), j.words()...), time.Since(began)))
			return
		}
		backend := needContainer(t)
		row := fixtures.NewRow(j.fixture, judgeAll(t, j.fixture.File(root), backend, j.fixture.Fails...), time.Since(began))
		row.Backend = backend.Name()
		add(t, row)
	})
}

// keptRows are those of the last proof that this one does not make anew.
func keptRows(t *testing.T) []fixtures.Row {
	out, only := os.Getenv("BGCHECK_PROOF"), os.Getenv("BGCHECK_PROOF_ONLY")
	if out == "" || only == "" {
		return nil
	}
	anew, err := regexp.Compile(only)
	if err != nil {
		t.Fatalf("BGCHECK_PROOF_ONLY: %v", err)
	}
	last, err := fixtures.ReadProof(out)
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(last.Rows, func(r fixtures.Row) bool {
		gone := !slices.ContainsFunc(fixtures.All(), func(f fixtures.Fixture) bool { return f.Folder() == r.Folder() })
		return gone || anew.MatchString(r.Name)
	})
}

// some are the checks that a wrong fixture must fail, those that launch no Blender of
// their own, and a tenth of the rest, for each fixture another one. A right one is asked
// half of those that launch Blenders, and of those that take long a tenth.
func some(f fixtures.Fixture) []string {
	var names []string
	for _, check := range checks.All() {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(f.Name + check.Name))
		draw := hash.Sum32() % 10
		var asked bool
		switch {
		case slices.Contains(f.Fails, check.Name):
			asked = true
		case check.Thorough:
			asked = draw < 1 && f.Wrong == ""
		case check.Asks != contract.OwnLives:
			asked = true
		case f.Wrong == "":
			asked = draw < 5
		default:
			asked = draw < 1
		}
		if asked {
			names = append(names, check.Name)
		}
	}
	return names
}

// job is a fixture to be judged: the whole contract, or in a container what fails there.
type job struct {
	name      string
	fixture   fixtures.Fixture
	container bool
}

// weight is about how long a job takes beside the others, so that none of the long
// ones is begun last: who neither starts nor ends is waited for, and on the right
// ones every check runs.
func (j job) weight() int {
	waits := func(name string) bool { return name == "start/port-busy" || name == "start/bad-config" }
	switch {
	case slices.ContainsFunc(j.fixture.Fails, waits):
		return 3
	case j.fixture.Wrong == "":
		return 2
	case j.container:
		return 1
	}
	return 0
}

// words choose the checks: some, unless BGCHECK_PROOF asks for all; with those that
// take long, of what is right and what these must catch.
func (j job) words() []string {
	long := func(name string) bool { return strings.HasPrefix(name, "faults/") }
	switch {
	case os.Getenv("BGCHECK_PROOF") == "":
		return some(j.fixture)
	case j.fixture.Wrong == "", slices.ContainsFunc(j.fixture.Fails, long):
		return []string{"*", "faults"}
	}
	return nil
}

// sideBySide judges the jobs in their order, as many at a time as go test's -parallel
// says: most of a fixture is waiting. Go itself would begin parallel tests in an order
// of its own.
func sideBySide(t *testing.T, jobs []job, judge func(*testing.T, job)) {
	workers, err := strconv.Atoi(flag.Lookup("test.parallel").Value.String())
	if err != nil {
		t.Fatal(err)
	}
	next := make(chan job, len(jobs))
	for _, j := range jobs {
		next <- j
	}
	close(next)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for j := range next {
				t.Run(j.name, func(t *testing.T) { judge(t, j) })
			}
		})
	}
	all.Wait()
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
	results, err := checks.RunAll(ctx, contract.Config{Target: under, Backend: backend, Out: t.TempDir(), Thorough: fixtures.Thorough(under.Name)}, names...)
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
	out := os.Getenv("BGCHECK_PROOF")
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
