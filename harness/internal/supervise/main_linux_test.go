package supervise_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
	"github.com/bgcheck/bgcheck/harness/internal/testkit/live"
	"github.com/bgcheck/bgcheck/harness/match"
)

func TestMain(m *testing.M) {
	if os.Getenv(asHarness) != "" {
		os.Exit(runAsHarness())
	}
	if os.Getenv(asReader) != "" {
		os.Exit(runAsReader())
	}
	os.Exit(testkit.Main(m))
}

// asHarness makes the test binary a program that uses the harness; its value is
// the fake Blender's path.
const asHarness = "BGCHECK_TEST_AS_HARNESS"

// runAsHarness launches the fake Blender with children, prints the PIDs of the
// whole tree, and waits for ever.
func runAsHarness() int {
	b, err := harness.Launch(context.Background(), harness.On(harness.Local(os.Getenv(asHarness))),
		harness.Env("FAKE_CHILD", "both"), harness.Env("FAKE_SIGNALS", "term"), live.Serving())
	if err == nil {
		err = b.WaitReady(context.Background(), testkit.Ping) // the children are there before the service
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	blender, err := procfs.Read(b.PID(), nil)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	pids := []int{blender.PPID, b.PID()} // its parent is the supervisor
	lines, _, err := b.Log().Since(0)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	for _, line := range lines {
		if number, ok := strings.CutPrefix(line, "child "); ok {
			pid, _ := strconv.Atoi(number)
			pids = append(pids, pid)
		}
	}
	fmt.Println(pids, b.Dir())
	select {}
}

// asReader makes the test binary a program that reads a long log with the harness;
// its value is the fake Blender's path.
const asReader = "BGCHECK_TEST_AS_READER"

// runAsReader launches the fake Blender, looks at every line of its log in each
// way there is, and prints the most memory that it has taken, in KiB.
func runAsReader() int {
	ctx := context.Background()
	b, err := harness.Launch(ctx, harness.On(harness.Local(os.Getenv(asReader))),
		harness.Env("FAKE_LOG_MIB", os.Getenv("FAKE_LOG_MIB")), harness.Env("FAKE_LOG_LINE", os.Getenv("FAKE_LOG_LINE")))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = b.Close() }()
	none := regexp.MustCompile("no line like this")
	if _, err := b.Log().Wait(ctx, 0, none); !errors.Is(err, harness.ErrEnded) {
		fmt.Println(err)
		return 1
	}
	if found, err := match.HaveLogged(none.String()).Match(b); found || err != nil {
		fmt.Println(found, err)
		return 1
	}
	if _, err := b.Wait(ctx); err != nil {
		fmt.Println(err)
		return 1
	}
	_ = b.Log().Tail(1000)
	status, err := os.ReadFile("/proc/self/status")
	most := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if err != nil || most == nil {
		fmt.Println("VmHWM is not to be had", err)
		return 1
	}
	fmt.Printf("%s %d\n", most[1], b.Log().End())
	return 0
}
