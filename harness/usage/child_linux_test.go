package usage

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The test program is its own child: with roleEnv set it plays that part,
// prints "ready", and obeys the lines it reads until its input ends.
const roleEnv = "BGCHECK_USAGE_TEST_ROLE"

const burned = 150 * time.Millisecond

// The first goroutine of a child keeps the first thread, so that no other gets
// it: Go never ends that one.
func init() {
	if os.Getenv(roleEnv) != "" {
		runtime.LockOSThread()
	}
}

func TestMain(m *testing.M) {
	role := os.Getenv(roleEnv)
	if role == "" {
		os.Exit(m.Run())
	}
	play(role)
}

func play(role string) {
	var kept []any
	switch role {
	case "files":
		for range 20 {
			f, err := os.Open(os.DevNull)
			check(err)
			kept = append(kept, f)
		}
	case "threads":
		for range 10 {
			started := make(chan bool)
			go func() {
				runtime.LockOSThread()
				close(started)
				select {}
			}()
			<-started
		}
	case "parent":
		kept = append(kept, spawnSelf("parent-of-one"))
	case "parent-of-one":
		kept = append(kept, spawnSelf("idle"))
	case "listener":
		for _, address := range []string{"127.0.0.1:0", "[::]:0", "0.0.0.0:0"} {
			l, err := net.Listen("tcp", address)
			check(err)
			fmt.Println(l.Addr())
			kept = append(kept, l)
		}
	}
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		obey(lines.Text())
		fmt.Println("done")
	}
	runtime.KeepAlive(kept)
}

func obey(what string) {
	switch what {
	case "burn":
		burn(burned)
	case "burn in a child":
		cmd := spawnSelf("idle")
		check(order(cmd, "burn"))
		check(cmd.in.Close())
		check(cmd.Wait())
	case "wake":
		for range 200 {
			time.Sleep(time.Millisecond)
		}
	case "exit":
		os.Exit(0)
	case "start thread":
		startThread()
	case "end thread":
		release <- true
		for _, err := os.Stat(taskFolder); err == nil; _, err = os.Stat(taskFolder) {
			time.Sleep(time.Millisecond)
		}
	default:
		check(fmt.Errorf("unknown order %q", what))
	}
}

var (
	release    = make(chan bool)
	taskFolder string
)

// startThread starts a thread that wakes 200 times and stays until release.
func startThread() {
	woken := make(chan int)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		for range 200 {
			_ = syscall.Nanosleep(&syscall.Timespec{Nsec: 1e5}, nil)
		}
		woken <- syscall.Gettid()
		<-release
	}()
	taskFolder = fmt.Sprintf("/proc/self/task/%d", <-woken)
}

// burn works until this process has used d more CPU time, however long that
// takes on a busy machine.
func burn(d time.Duration) {
	for end := spent() + d; spent() < end; {
	}
}

func spent() time.Duration {
	var r syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// child is a started copy of this program.
type child struct {
	*exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
	// said holds the lines before "ready".
	said []string
}

func spawnSelf(role string) *child {
	self, err := os.Executable()
	check(err)
	c := &child{Cmd: exec.Command(self)}
	c.Env = append(os.Environ(), roleEnv+"="+role, "GOMAXPROCS=2", "GORACE=atexit_sleep_ms=0")
	c.Stderr = os.Stderr
	c.in, err = c.StdinPipe()
	check(err)
	out, err := c.StdoutPipe()
	check(err)
	c.out = bufio.NewReader(out)
	check(c.Start())
	for {
		line, err := c.out.ReadString('\n')
		check(err)
		if line == "ready\n" {
			return c
		}
		c.said = append(c.said, strings.TrimSpace(line))
	}
}

// order sends an order and waits until it has been obeyed.
func order(c *child, what string) error {
	if _, err := fmt.Fprintln(c.in, what); err != nil {
		return err
	}
	_, err := c.out.ReadString('\n')
	return err
}

// start spawns a child that ends with the test.
func start(t testing.TB, role string) *child {
	t.Helper()
	c := spawnSelf(role)
	t.Cleanup(func() {
		_ = c.in.Close()
		_ = c.Wait()
	})
	return c
}

func (c *child) obeys(t testing.TB, what string) {
	t.Helper()
	if err := order(c, what); err != nil {
		t.Fatalf("order %q: %v", what, err)
	}
}

func sampleOf(t testing.TB, c *child) Sample {
	t.Helper()
	s, err := Tree(c.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
