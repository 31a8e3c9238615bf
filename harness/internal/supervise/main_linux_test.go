package supervise_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
	"github.com/bgcheck/bgcheck/harness/internal/testkit/live"
)

func TestMain(m *testing.M) {
	if os.Getenv(asHarness) != "" {
		os.Exit(runAsHarness())
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
