package usage

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

func TestBusyChildUsesMoreThanASleepingOne(t *testing.T) {
	busy, idle := start(t, "busy"), start(t, "idle")
	busy0, idle0 := sampleOf(t, busy), sampleOf(t, idle)
	busy.obeys(t, "burn")
	busy1, idle1 := sampleOf(t, busy), sampleOf(t, idle)

	used, rested := busy1.CPU-busy0.CPU, idle1.CPU-idle0.CPU
	if used < burned*9/10 || used > burned*3 {
		t.Errorf("the busy child used %v by our count, %v by its own", used, burned)
	}
	if rested > used/10 {
		t.Errorf("the sleeping child used %v, the busy one %v", rested, used)
	}
	if b, i := Between(busy0, busy1), Between(idle0, idle1); b.CPU < 10*i.CPU || b.CPU <= 0 {
		t.Errorf("shares: busy %v, sleeping %v", b.CPU, i.CPU)
	}
}

func TestCPUTimeIsFinerThanATick(t *testing.T) {
	c := start(t, "idle")
	odd := 0
	for range 20 {
		c.obeys(t, "wake")
		if sampleOf(t, c).CPU%(time.Second/procfs.TicksPerSecond) != 0 {
			odd++
		}
		if odd > 0 {
			return
		}
	}
	t.Error("CPU time is always a whole number of ticks")
}

func TestTimeOfAWaitedForChildIsCounted(t *testing.T) {
	c := start(t, "idle")
	before := sampleOf(t, c)
	c.obeys(t, "burn in a child")
	after := sampleOf(t, c)
	if used := after.CPU - before.CPU; used < burned*8/10 {
		t.Errorf("a child that used %v and ended shows as %v", burned, used)
	}
	if len(after.Procs) != 1 {
		t.Errorf("the ended child is still listed: %v", after.Procs)
	}
}

func TestSleepsShowAsVoluntarySwitches(t *testing.T) {
	c := start(t, "idle")
	before := sampleOf(t, c)
	c.obeys(t, "wake")
	after := sampleOf(t, c)
	if n := after.Voluntary - before.Voluntary; n < 100 {
		t.Errorf("200 sleeps show as %d voluntary switches", n)
	}
	if w := Between(before, after); w.Wakeups <= 0 {
		t.Errorf("window: %+v", w)
	}
}

func TestEndedThreadNeverMakesAWindowNegative(t *testing.T) {
	c := start(t, "idle")
	c.obeys(t, "start thread")
	before := sampleOf(t, c)
	c.obeys(t, "end thread")
	after := sampleOf(t, c)
	if after.Voluntary+100 > before.Voluntary {
		t.Fatalf("the sum did not go down (%d, %d): the test proves nothing", before.Voluntary, after.Voluntary)
	}
	w := Between(before, after)
	if w.Wakeups < 0 || w.Wakeups*w.Seconds > 200 {
		t.Errorf("window: %+v", w)
	}
	for _, s := range []*Sample{&before, &after} { // as it comes over a wire
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		*s = Sample{}
		if err := json.Unmarshal(text, s); err != nil {
			t.Fatal(err)
		}
	}
	if w := Between(before, after); w.Wakeups != 0 {
		t.Errorf("window of decoded samples: %+v", w)
	}
}

func TestDescriptorsAndThreadsAreCounted(t *testing.T) {
	plain := sampleOf(t, start(t, "idle"))
	files := sampleOf(t, start(t, "files"))
	threads := sampleOf(t, start(t, "threads"))
	if n := files.Descriptors - plain.Descriptors; n < 20 || n > 22 {
		t.Errorf("20 open files show as %d more descriptors", n)
	}
	if n := threads.Threads - plain.Threads; n < 8 {
		t.Errorf("10 locked threads show as %d more", n)
	}
	if plain.RSS < 1<<20 || plain.RSS > 1<<30 {
		t.Errorf("resident: %d bytes", plain.RSS)
	}
}

func TestTreeHoldsGrandchildrenAndOfDoesNot(t *testing.T) {
	c := start(t, "parent")
	tree := sampleOf(t, c)
	if len(tree.Procs) != 3 || tree.Procs[0].PID != c.Process.Pid || tree.Procs[0].PPID != os.Getpid() {
		t.Fatalf("tree of three: %+v", tree.Procs)
	}
	for i := 1; i < 3; i++ {
		if tree.Procs[i].PPID != tree.Procs[i-1].PID {
			t.Errorf("%+v is not the parent of %+v", tree.Procs[i-1], tree.Procs[i])
		}
	}
	if tree.Procs[0].Name == "" || tree.Procs[0].Command == "" {
		t.Errorf("a process without name or command: %+v", tree.Procs[0])
	}
	alone, err := Of(c.Process.Pid, c.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	if len(alone.Procs) != 1 || alone.Threads >= tree.Threads || alone.RSS >= tree.RSS {
		t.Errorf("one process: %+v, its tree: %+v", alone, tree)
	}
	below, err := Descendants(c.Process.Pid)
	if err != nil || len(below) != 2 || below[0] != tree.Procs[1] {
		t.Errorf("descendants: %+v, %v", below, err)
	}
}

func TestEndedRootIsGoneAndAnEndedOtherIsNot(t *testing.T) {
	living, ended := start(t, "idle"), exec.Command("/bin/true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	if _, err := Tree(ended.Process.Pid); !errors.Is(err, ErrGone) {
		t.Errorf("tree: %v", err)
	}
	if _, err := Of(ended.Process.Pid, living.Process.Pid); !errors.Is(err, ErrGone) {
		t.Errorf("of: %v", err)
	}
	if _, err := Descendants(ended.Process.Pid); !errors.Is(err, ErrGone) {
		t.Errorf("descendants: %v", err)
	}
	if _, err := Of(); err == nil {
		t.Error("of nothing: no error")
	}
	s, err := Of(living.Process.Pid, ended.Process.Pid)
	if err != nil || len(s.Procs) != 1 {
		t.Errorf("ended second: %+v, %v", s, err)
	}
}

func TestZombieHasEnded(t *testing.T) {
	c := spawnSelf("idle")
	defer c.Wait()
	if _, err := Tree(c.Process.Pid); err != nil {
		t.Fatal(err)
	}
	before, err := Descendants(os.Getpid())
	if err != nil || len(before) == 0 {
		t.Fatalf("descendants before: %v, %v", before, err)
	}
	_, _ = c.in.Write([]byte("exit\n"))
	for deadline := time.Now().Add(time.Minute); ; {
		_, err := Tree(c.Process.Pid)
		if errors.Is(err, ErrGone) {
			break
		}
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("a child that has ended and was not waited for: %v", err)
		}
	}
	after, err := Descendants(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range after {
		if p.PID == c.Process.Pid {
			t.Errorf("zombie listed: %+v", p)
		}
	}
}

func TestNameMayHoldParenthesesAndSpaces(t *testing.T) {
	path := t.TempDir() + "/a) R 1 (b"
	if err := os.Symlink("/bin/cat", path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	s, err := Tree(cmd.Process.Pid)
	if err != nil || s.Procs[0].Name != "a) R 1 (b" || s.Procs[0].PPID != os.Getpid() {
		t.Errorf("%+v, %v", s.Procs, err)
	}
}

func BenchmarkTree(b *testing.B) {
	c := start(b, "threads")
	s := sampleOf(b, c)
	b.ReportMetric(float64(s.Threads), "threads")
	for b.Loop() {
		if _, err := Tree(c.Process.Pid); err != nil {
			b.Fatal(err)
		}
	}
}
