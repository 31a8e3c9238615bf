package checks_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/checks"
	"github.com/bgcheck/bgcheck/harness/container"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// needContainer skips the test without a container engine or without the image
// bgcheck/blender:3.4 (BGCHECK_TEST_BLENDER names another version), or fails it
// when BGCHECK_REQUIRE_DOCKER is 1.
func needContainer(t *testing.T) harness.Backend {
	t.Helper()
	version := os.Getenv("BGCHECK_TEST_BLENDER")
	if version == "" {
		version = "3.4"
	}
	backend := container.New(version)
	if _, err := backend.Info(t.Context()); err != nil {
		if os.Getenv("BGCHECK_REQUIRE_DOCKER") == "1" {
			t.Fatal(err)
		}
		t.Skipf("Blender is process 1 only in a container: %v", err)
	}
	return backend
}

// asProcess1 runs stop/as-pid-1 alone on the target file at path.
func asProcess1(t *testing.T, backend harness.Backend, path string) report.Result {
	t.Helper()
	results := judgeAll(t, path, backend, "stop/as-pid-1")
	if len(results) == 0 || results[0].Name != "stop/as-pid-1" { // failures behind it come after it
		t.Fatalf("%d results", len(results))
	}
	t.Logf("\n%s", fixtures.Verdicts(results))
	return results[0]
}

func TestAsProcess1ABlenderWithoutAHandlerIgnoresSIGTERM(t *testing.T) {
	backend := needContainer(t)
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fixtures.All() {
		if !slices.Contains(f.In(backend.Name()).Fails, "stop/as-pid-1") {
			continue
		}
		t.Run(f.Name, func(t *testing.T) {
			result := asProcess1(t, backend, f.File(root))
			if result.Verdict != report.Fail || !strings.HasPrefix(result.Diagnosis, "process 1 without a handler ignores SIGTERM") {
				t.Errorf("want a failure with that diagnosis, got %s: %s", result.Verdict, result.Diagnosis)
			}
			if !strings.Contains(result.Fix, "loop.add_signal_handler(signal.SIGTERM") {
				t.Errorf("the fix has no line to write: %s", result.Fix)
			}
		})
	}
}

func TestTheReferenceAddonEndsAsProcess1(t *testing.T) {
	backend := needContainer(t)
	result := asProcess1(t, backend, filepath.Join("..", "..", "pyaddon", "bgcheck.yaml"))
	if result.Verdict != report.Pass {
		t.Errorf("want a pass, got %s: %s", result.Verdict, result.Diagnosis)
	}
}

func TestALoopbackAddressInAContainerIsNamed(t *testing.T) {
	backend := needContainer(t)
	pyaddon, err := filepath.Abs("../../pyaddon")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "bgcheck.yaml")
	text := "addon: " + pyaddon + "/tcp_echo\nlaunch: {start: start_server_from_script}\nbudgets: {ready: 20s}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	result := judgeAll(t, file, backend, "start/ready")[0]
	if result.Verdict != report.Fail || !strings.HasPrefix(result.Diagnosis, "it listens on 127.0.0.1:") ||
		!strings.Contains(result.Diagnosis, "nobody outside can reach it") || !strings.Contains(result.Fix, "container:\n") {
		t.Errorf("got %s: %s\nfix: %s", result.Verdict, result.Diagnosis, result.Fix)
	}
}

func TestInAContainerPortsAndFilesAreWatchedToo(t *testing.T) {
	backend := needContainer(t)
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	for name, check := range map[string]string{"port-busy-alive": "start/port-busy", "writes-home": "tidy/writes"} {
		result := judgeAll(t, filepath.Join(root, "wrong", name, "bgcheck.yaml"), backend, check)[0]
		if result.Verdict != report.Fail {
			t.Errorf("%s: want %s to fail, got %s: %s", name, check, result.Verdict, result.Diagnosis)
		}
		t.Logf("%s: %s", name, result.Seen)
	}
}

func TestAsPID1IsSkippedWithoutAContainer(t *testing.T) {
	check, _ := checks.Find("stop/as-pid-1")
	session, err := contract.Open(contract.Config{Target: &target.Target{Name: "none"}, Backend: harness.Local(""), Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	result := session.Run(t.Context(), check)
	if result.Verdict != report.Skip || result.Diagnosis != "needs a container: --backend container" {
		t.Errorf("got %s: %s", result.Verdict, result.Diagnosis)
	}
}
