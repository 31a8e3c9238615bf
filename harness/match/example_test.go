package match_test

import (
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/match"
	"github.com/bgcheck/bgcheck/harness/usage"
)

// printing is Gomega as a test has it, with failures printed.
func printing() gomega.Gomega {
	return gomega.NewGomega(func(message string, _ ...int) { fmt.Println(message) })
}

func ExampleExitCleanly() {
	g := printing()
	exit := &harness.Exit{Code: 3, Asked: true, Took: 120 * time.Millisecond, Tail: []string{"Traceback: …", "Blender quit"}}
	g.Expect(exit).To(match.ExitCleanly())
	// Output:
	// Expected Blender to exit with code 0, without being killed
	//   exit: exit code 3 after 0.12 s
	//   log: Traceback: …
	//   log: Blender quit
}

func ExampleEndBySignal() {
	g := printing()
	exit := &harness.Exit{Code: -1, Signal: syscall.SIGTERM}
	fmt.Println(g.Expect(exit).To(match.EndBySignal(syscall.SIGTERM)))
	// Output: true
}

func ExampleIdleBelow() {
	g := printing()
	quiet := usage.Window{Seconds: 4, CPU: 0.998}
	g.Expect(quiet).To(match.IdleBelow(0.02))
	// Output:
	// Expected Blender to use less than 2 % of a core
	//   seen: 99.8 % of a core and 0 wake-ups a second, over 4 s
}

func ExampleListenOnlyOnLoopback() {
	g := printing()
	listeners := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:23333"), netip.MustParseAddrPort("0.0.0.0:23333")}
	g.Expect(listeners).To(match.ListenOnlyOnLoopback())
	// Output:
	// Expected Blender to listen on loopback addresses alone
	//   seen: it listens on 0.0.0.0:23333 as well
}
