package checks_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/fixtures"
	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
)

// deaths are ways to die, each a script of testdata/deaths, with the check that
// must fail, what its cause must say, and what it must not.
var deaths = []struct {
	script, check string
	says          []string
	not           string
}{
	{"os_exit.py", "alive/stays", []string{"leave() at os_exit.py:14 calls os._exit(0)"}, "came to its end"},
	{"client_exits.py", "alive/client-code", []string{"SystemExit with code 3"}, "ValueError"},
	{"segv.py", "alive/stays", []string{"Blender crashed in look() at segv.py:14"}, ""},
	{"segv_thread.py", "alive/stays", []string{"Blender crashed in look() at segv_thread.py:15", "another thread"}, ""},
	{"abort.py", "alive/stays", []string{"Blender crashed in give_up() at abort.py:14"}, "thread"},
	{"recursion.py", "start/ready", []string{"recursion without an end: walk() at recursion.py:7", "RecursionError"}, ""},
	{"recursion_crash.py", "alive/stays", []string{"recursion without an end", "__getattr__() at recursion_crash.py:10"}, ""},
	{"reads_stdin.py", "start/ready", []string{"standard input", "reads_stdin.py:16"}, "perhaps"},
	{"waits_timer.py", "start/ready", []string{"bpy.app.timers (tick, given by waits_timer.py:16)"}, "perhaps"},
	{"asks_stdin.py", "start/ready", []string{"standard input", "asks_stdin.py:15", "EOFError"}, "perhaps"},
	{"killed.py", "alive/stays", []string{"SIGKILL"}, "want of memory"},
	{"atexit_code.py", "stop/sigterm", []string{"last() at atexit_code.py:10 calls os._exit(5)", "exit function"}, ""},
	{"raises.py", "start/ready", []string{"KeyError: 'port'", "settings() at raises.py:7", "Blender exits 0"}, ""},
	{"no_module.py", "start/ready", []string{"a module is missing", "zmq_of_the_author", "no_module.py:3"}, "keep"},
	{"lock_twice.py", "echo/round-trip", []string{"waits for a lock in note() at lock_twice.py:13 (`with lock:`)", "holds itself since answer() at lock_twice.py:21"}, "backlog"},
	{"lock_held.py", "alive/client-code", []string{"waits for a lock in execute() at lock_held.py:13 (`lock.acquire()`)", "has not let it go"}, ""},
	{"gil_held.py", "alive/stays", []string{"C code", "gil_held.py:26 (`ctypes.PyDLL(None).pthread_mutex_lock(mutex)`)", "GIL"}, ""},
	{"no_end.py", "alive/stays", []string{"busy and does not come back", "no_end.py"}, ""},
	{"recv_waits.py", "alive/stays", []string{"waits in ask() at recv_waits.py:15 (`self.other[0].recv(100)`)"}, ""},
	{"syntax.py", "start/ready", []string{"it does not compile: SyntaxError", "syntax.py:4", "Blender exits 0"}, "keeps it alive"},
}

func TestDeathsAreTold(t *testing.T) {
	needBlender(t)
	for _, one := range deaths {
		t.Run(one.script, func(t *testing.T) {
			t.Parallel()
			result := die(t, one.script, one.check, harness.Local(""))
			told(t, result, one.says, one.not)
		})
	}
}

// TestADeathForWantOfMemoryIsTold puts this program, and so Blender, into a control
// group of the first version, which is small; the kernel kills the largest in it.
func TestADeathForWantOfMemoryIsTold(t *testing.T) {
	needBlender(t)
	const folder = "/sys/fs/cgroup/memory/"
	was := strings.TrimSpace(memoryGroup(t))
	own := fmt.Sprintf("%sbgcheck-test-%d", folder, os.Getpid())
	if err := os.Mkdir(own, 0o755); err != nil {
		t.Skipf("no control group can be made: %v", err)
	}
	t.Cleanup(func() {
		if err := os.WriteFile(filepath.Join(folder, was, "cgroup.procs"), []byte("0"), 0o644); err != nil {
			if err := os.WriteFile(filepath.Join(folder, "cgroup.procs"), []byte("0"), 0o644); err != nil {
				t.Error(err)
			}
		}
		if err := os.Remove(own); err != nil {
			t.Error(err)
		}
	})
	for name, value := range map[string]string{"memory.limit_in_bytes": "1G", "cgroup.procs": "0"} {
		if err := os.WriteFile(filepath.Join(own, name), []byte(value), 0o644); err != nil {
			t.Skipf("no control group can be used: %v", err)
		}
	}
	told(t, die(t, "memory.py", "alive/stays", harness.Local("")), []string{"for want of memory"}, "another process")
}

// memoryGroup is this program's control group for memory, of the first version.
func memoryGroup(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(text)) {
		if _, path, found := strings.Cut(line, ":memory:"); found {
			return path
		}
	}
	t.Skip("no control group for memory of the first version")
	return ""
}

// told fails the test unless the check failed and its cause holds all of says.
func told(t *testing.T, result report.Result, says []string, not string) {
	t.Helper()
	if result.Verdict != report.Fail {
		t.Errorf("%s: %s: %s", result.Name, result.Verdict, result.Diagnosis)
	}
	for _, want := range says {
		if !strings.Contains(result.Diagnosis, want) {
			t.Errorf("the cause lacks %q", want)
		}
	}
	if not != "" && strings.Contains(result.Diagnosis+result.Fix, not) {
		t.Errorf("the cause or the remedy has %q", not)
	}
	t.Logf("%s\ncause: %s\nremedy: %s\n%s", result.Seen, result.Diagnosis, result.Fix, strings.Join(result.Evidence, "\n"))
}

// die judges one check on a death's script, with the small right service of the
// fixtures beside it.
func die(t *testing.T, script, check string, backend harness.Backend) report.Result {
	t.Helper()
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs(filepath.Join("testdata", "deaths", script))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	text := fmt.Sprintf("addon: %s/lib/plain_echo\nlaunch: {script: %s}\nenv: {PLAIN_ECHO_PORT: '{port}'}\n"+
		"container: {env: {PLAIN_ECHO_HOST: 0.0.0.0}, listens: any}\n"+
		"echo: '{\"message\": \"{message}\"}'\nexec: '{\"code\": \"{code}\"}'\nbudgets: {quiet: 2s}\n", root, path)
	file := filepath.Join(dir, "bgcheck.yaml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, result := range judgeAll(t, file, backend, check) {
		if result.Name == check {
			return result
		}
	}
	t.Fatal("no result")
	return report.Result{}
}
