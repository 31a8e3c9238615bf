package command

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bgcheck/bgcheck/fixtures"
)

// started is the command as a process, and the lines that it prints.
type started struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	said  bytes.Buffer
}

func start(t *testing.T, args ...string) *started {
	t.Helper()
	return startBy(t, build(t, "github.com/bgcheck/bgcheck"), args...)
}

func startBy(t *testing.T, program string, args ...string) *started {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("no SIGINT there")
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &started{cmd: exec.CommandContext(t.Context(), program, args...), lines: bufio.NewScanner(r)}
	s.cmd.Stdout, s.cmd.Stderr = w, w
	s.cmd.WaitDelay = time.Minute
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { r.Close(); _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() })
	return s
}

// until reads lines until one holds text.
func (s *started) until(t *testing.T, text string) {
	t.Helper()
	for s.lines.Scan() {
		s.said.WriteString(s.lines.Text() + "\n")
		if strings.Contains(s.lines.Text(), text) {
			return
		}
	}
	t.Fatalf("it ended without %q:\n%s", text, s.said.String())
}

func (s *started) signal(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
}

// end reads the rest, and returns the exit status.
func (s *started) end() int {
	for s.lines.Scan() {
		s.said.WriteString(s.lines.Text() + "\n")
	}
	_ = s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

func TestAnInterruptEndsWhatRunsAndSaysWhatWasJudged(t *testing.T) {
	file, out := fakeTarget(t, serving)
	// The quiet window is long enough that the signal comes within it.
	replace(t, file, "quiet: 200ms", "quiet: 60s")
	s := start(t, "check", file, "--check", "start/ready,alive/stays,echo/concurrent", "--json")
	s.until(t, `"check":"alive/stays"`)
	s.signal(t)
	if code := s.end(); code != int(Interrupted) || !strings.Contains(s.said.String(), `"not_judged":["alive/stays","echo/concurrent"]`) {
		t.Errorf("exit %d:\n%s", code, s.said.String())
	}
	if r := load(t, out); judgedIn(r) != "start/ready pass" || !r.Interrupted {
		t.Errorf("%+v", r)
	}
}

func TestTheSecondInterruptEndsItAtOnce(t *testing.T) {
	// It never answers, and takes no notice of SIGTERM.
	file, _ := fakeTarget(t, serving+`, FAKE_SERVICE: mute, FAKE_SIGNALS: "term,int"`)
	s := start(t, "check", file, "--check", "start/ready")
	s.until(t, "on Blender")
	s.signal(t)
	s.until(t, "interrupted")
	for range 20 { // a terminal's own echo of the first counts as the first
		_ = s.cmd.Process.Signal(os.Interrupt)
		time.Sleep(50 * time.Millisecond)
	}
	if code := s.end(); code != int(Interrupted) {
		t.Errorf("exit %d:\n%s", code, s.said.String())
	}
}

func TestARunEndsWithItsOwner(t *testing.T) {
	file, _ := fakeTarget(t, serving+", FAKE_SERVICE: mute")
	owner := exec.Command("cat")
	hold, err := owner.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := owner.Start(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("BGCHECK_OWNER", strconv.Itoa(owner.Process.Pid))
	s := start(t, "check", file, "--check", "start/ready")
	s.until(t, "on Blender")
	hold.Close()
	if err := owner.Wait(); err != nil {
		t.Fatal(err)
	}
	if code := s.end(); code != int(Interrupted) {
		t.Errorf("exit %d:\n%s", code, s.said.String())
	}
}

func TestTwoRunsAtOnceIntoOneFolderLoseNothing(t *testing.T) {
	file, out := fakeTarget(t, serving)
	args := []string{"check", file, "--check", "start/ready,start/enabled,echo,stop/sigterm,stop/sigint"}
	one, two := start(t, args...), start(t, args...)
	for _, s := range []*started{one, two} {
		if code := s.end(); code != int(Good) || !strings.Contains(s.said.String(), "5 passed, 0 failed, 2 skipped") {
			t.Errorf("exit %d:\n%s", code, s.said.String())
		}
	}
	runs, err := filepath.Glob(filepath.Join(out, "runs", "*", "report.json"))
	if err != nil || len(runs) != 2 {
		t.Fatalf("%v %v", runs, err)
	}
	for _, run := range append(runs, filepath.Join(out, "report.json")) {
		if r := load(t, filepath.Dir(run)); len(r.Checks) != 7 || r.Err() != nil {
			t.Errorf("%s: %s: %v", run, judgedIn(r), r.Err())
		}
	}
}

func TestWatchJudgesAgainWhatFailedAndThenTheRest(t *testing.T) {
	file, _ := fakeTarget(t, serving+`, FAKE_STOP_CODE: "3"`)
	s := start(t, "check", file, "--check", "echo/concurrent,stop/sigterm", "--watch")
	s.until(t, "fail          stop/sigterm")
	s.until(t, "waiting for a change")
	s.said.Reset()
	replace(t, file, `FAKE_STOP_CODE: "3"`, `FAKE_STOP_CODE: "0"`)
	s.until(t, "has changed:")
	s.until(t, "waiting for a change")
	passed := strings.Index(s.said.String(), "stop/sigterm")
	if rest := strings.Index(s.said.String(), "echo/concurrent"); passed < 0 || rest < passed {
		t.Errorf("not what failed first, then the rest:\n%s", s.said.String())
	}
	s.signal(t)
	if code := s.end(); code != int(Good) {
		t.Errorf("exit %d:\n%s", code, s.said.String())
	}
}

func TestWatchEndsWithWhoeverStartedIt(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	s := startBy(t, "sh", "-c", `"$@"; exit`, "sh", build(t, "github.com/bgcheck/bgcheck"), "check", file, "--check", "echo/concurrent", "--watch")
	s.until(t, "waiting for a change")
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	s.end() // the pipe is open as long as the command lives
}

// The two ways in of a person who has an add-on and not this repository.

func TestACopiedBinaryJudgesAnAddonInAnEmptyFolder(t *testing.T) {
	realBlender(t)
	blank(t)
	folder := t.TempDir()
	binary := filepath.Join(folder, "bin", "bgcheck")
	program, err := os.ReadFile(build(t, "github.com/bgcheck/bgcheck"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(binary), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(binary, program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(folder, "tcp_echo"), os.DirFS("../../pyaddon/tcp_echo")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary, "check", "./tcp_echo", "--check", "exec/takes-effect,stop/sigterm,source")
	cmd.Dir = folder
	cmd.Env = []string{"HOME=" + folder, "PATH=" + withoutGo(t), "LANG=C.UTF-8"}
	text, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(text, []byte("pass          exec/takes-effect")) {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestGoRunInAModuleOfItsOwn(t *testing.T) {
	realBlender(t)
	blank(t)
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Dir(root)
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "tcp_echo"), os.DirFS(filepath.Join(root, "pyaddon", "tcp_echo"))); err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(string(module), "module github.com/bgcheck/bgcheck", "module example.com/mine", 1)
	own = own[:strings.Index(own, "\ntool (")] +
		"\nrequire github.com/bgcheck/bgcheck v0.0.0\nreplace github.com/bgcheck/bgcheck => " + root + "\n"
	for name, content := range map[string][]byte{"go.mod": []byte(own), "go.sum": sums} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "go", "run", "-mod=mod", "github.com/bgcheck/bgcheck", "check", "tcp_echo", "--check", "start/ready")
	cmd.Dir = folder
	text, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(text, []byte("pass          start/ready")) {
		t.Errorf("%v\n%s", err, text)
	}
	if _, err := os.Stat(filepath.Join(folder, "out", "report.json")); err != nil {
		t.Error(err)
	}
}

func TestTheSuitesSayWhatTheCommandSays(t *testing.T) {
	realBlender(t)
	blank(t)
	root, err := fixtures.Root()
	if err != nil {
		t.Fatal(err)
	}
	root = filepath.Dir(root)
	file := filepath.Join(root, "fixtures", "wrong", "exec-timers", "bgcheck.yaml")
	byCommand, bySuites := t.TempDir(), t.TempDir()
	if code, text, errout := try(t, "check", file, "--check", "echo,exec,source", "--out", byCommand); code != int(NotGood) {
		t.Errorf("exit %d:\n%s%s", code, text, errout)
	}
	cmd := exec.CommandContext(t.Context(), "go", "test", "./suites/echo", "./suites/exec", "./suites/source")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "BGCHECK_TARGET="+file, "BGCHECK_OUT="+bySuites)
	text, err := cmd.CombinedOutput()
	if err == nil {
		t.Errorf("the suites pass:\n%s", text)
	}
	if one, two := judgedIn(load(t, byCommand)), judgedIn(load(t, bySuites)); one != two {
		t.Errorf("by the command:\n%s\nby the suites:\n%s\n%s", one, two, text)
	}
}
