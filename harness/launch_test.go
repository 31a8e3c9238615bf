package harness

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/owner"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func TestBlenderGetsAnEnvironmentOfItsOwn(t *testing.T) {
	g := NewWithT(t)
	t.Setenv("PYTHONPATH", "/users/own")
	t.Setenv("DISPLAY", ":7")
	t.Setenv("BLENDER_USER_SCRIPTS", "/users/scripts")
	t.Setenv("PATH", "/users/pyenv/shims:"+os.Getenv("PATH"))
	b := fake(t, Env("FAKE_DUMP", "{scratch}/dump"), Env("MINE", "{token} {port} {json}"), Token("secret"))
	exit, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(exit.Code).To(BeZero())

	d := readDump(t, filepath.Join(b.Dir(), "scratch/dump"))
	g.Expect(d.Dir).To(Equal(filepath.Join(b.Dir(), "home")))
	g.Expect(d.Stdin).To(Equal("/dev/null"))
	g.Expect(d.Blocking).To(BeTrue(), "a full pipe would lose Blender's output")
	env := map[string]string{}
	for _, assignment := range d.Env {
		name, value, _ := strings.Cut(assignment, "=")
		env[name] = value
	}
	g.Expect(env).To(HaveKeyWithValue("HOME", b.Dir()+"/home"))
	g.Expect(env).To(HaveKeyWithValue("TMPDIR", b.Dir()+"/tmp"))
	g.Expect(env).To(HaveKeyWithValue("BLENDER_USER_SCRIPTS", b.Dir()+"/profile/scripts"))
	g.Expect(env).To(HaveKeyWithValue("BGCHECK_INSTANCE", b.ID()))
	g.Expect(env["MINE"]).To(MatchRegexp(`^secret 2\d{4}|3\d{4} \{json\}$`))
	g.Expect(env).NotTo(HaveKey("PYTHONPATH"))
	g.Expect(env).NotTo(HaveKey("DISPLAY"))
	path := strings.Split(env["PATH"], ":")
	g.Expect(path[0]).To(Equal(filepath.Dir(testkit.Fake)))
	g.Expect(slices.Index(path, "/usr/bin")).To(BeNumerically("<", slices.Index(path, "/users/pyenv/shims")))
	for _, name := range []string{"HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME",
		"BLENDER_USER_CONFIG", "BLENDER_USER_SCRIPTS", "BLENDER_USER_DATAFILES", "BLENDER_USER_EXTENSIONS"} {
		g.Expect(env[name]).To(BeADirectory(), name)
	}
}

func TestBlenderIgnoresNoSignalThoughTheHarnessDoes(t *testing.T) {
	g := NewWithT(t)
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP) // as a shell does for "command &"
	defer signal.Reset(syscall.SIGINT, syscall.SIGHUP)
	b := fake(t, Env("FAKE_DUMP", "{scratch}/dump"))
	_, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	d := readDump(t, filepath.Join(b.Dir(), "scratch/dump"))
	ignored, err := strconv.ParseUint(d.Ignored, 16, 64)
	g.Expect(err).NotTo(HaveOccurred())
	// From signal 32 on they are the C library's and the caller's affair.
	g.Expect(ignored&(1<<31-1)).To(BeZero(), "ignored: %s", d.Ignored)
}

func TestArgumentsComeInTheOrderBlenderNeeds(t *testing.T) {
	g := NewWithT(t)
	module := testkit.File(t, "one.py", "")
	script := testkit.File(t, "serve it.py", "")
	data := t.TempDir()
	b := fake(t, Env("FAKE_DUMP", "{scratch}/dump"), Flags("-noaudio"), Addon(module, "one"),
		AddonDisabled(module, "helper"), Addon(module, "two"),
		Mount("data", data), Script(script, "{mount:data}/x.blend", "--port", "{port}", `{"a": "{dir}"}`), Port(1234))
	_, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	d := readDump(t, filepath.Join(b.Dir(), "scratch/dump"))
	g.Expect(d.Args).To(Equal([]string{testkit.Fake, "--background", "--factory-startup", "-noaudio",
		"--python", b.Dir() + "/run/witness.py", "--addons", "one,two", "--python", script,
		"--", data + "/x.blend", "--port", "1234", `{"a": "` + b.Dir() + `"}`}))
	for _, name := range []string{"run/witness.py", "run/launch.py", "run/keepalive.py",
		"profile/scripts/addons/one.py", "profile/scripts/addons/helper.py"} {
		g.Expect(filepath.Join(b.Dir(), name)).To(BeARegularFile())
	}
}

func TestStartIsOurLauncherWithItsOptions(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_DUMP", "{scratch}/dump"), Start("mine:serve", StartStep("mine:step"), StartLoop("mine.loop"),
		StartInterval(20*time.Millisecond), StartCleanup("mine:stop"), StartWithoutTimers()))
	_, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	d := readDump(t, filepath.Join(b.Dir(), "scratch/dump"))
	g.Expect(d.Args).To(Equal([]string{testkit.Fake, "--background", "--factory-startup",
		"--python", b.Dir() + "/run/witness.py", "--python", b.Dir() + "/run/launch.py", "--", "--start", "mine:serve",
		"--step", "mine:step", "--async-loop", "mine.loop", "--interval", "0.02", "--cleanup", "mine:stop", "--no-timers"}))
}

func TestCommandRepeatsTheLaunchInAShell(t *testing.T) {
	t.Run("with a folder that goes", func(t *testing.T) { repeats(t) })
	t.Run("by a script in a folder that stays", func(t *testing.T) {
		command := repeats(t, KeepIn(t.TempDir()))
		NewWithT(t).Expect(command).To(MatchRegexp(
			`^sh \S+/command\.sh  # blender --background --factory-startup --python run/witness.py --python "?'it'\\''s`))
	})
}

func repeats(t *testing.T, more ...Option) string {
	t.Helper()
	g := NewWithT(t)
	script := testkit.File(t, "it's $HOME; *.py", "")
	b := fake(t, append(more, Env("FAKE_DUMP", "{scratch}/dump"), Env("ODD", "a 'b' \"c\" $d `e` \\ \n*"), Env("EMPTY", ""),
		Script(script, "", "two words", "~", "a=b", "#x", "ü"))...)
	_, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	path := filepath.Join(b.Dir(), "scratch/dump")
	first := readDump(t, path)
	g.Expect(os.Remove(path)).To(Succeed())

	shell := exec.Command("sh", "-c", b.Command())
	shell.Env = append(os.Environ(), "STRAY=1")
	shell.Stdin = strings.NewReader("not for Blender")
	output, err := shell.CombinedOutput()
	g.Expect(err).NotTo(HaveOccurred(), string(output))
	second := readDump(t, path)
	slices.Sort(first.Env)
	slices.Sort(second.Env)
	for i, variable := range second.Env { // its short path is another, which no sweep takes away
		if value, ok := strings.CutPrefix(variable, "FAKE_DUMP="); ok && b.link != "" && !b.temporary {
			repeat := filepath.Dir(filepath.Dir(value))
			g.Expect(repeat).NotTo(Equal(b.link))
			g.Expect(repeat).NotTo(BeAnExistingFile(), "it goes with the shell")
			second.Env[i] = "FAKE_DUMP=" + b.link + "/scratch/dump"
		}
	}
	g.Expect(second.Args).To(Equal(first.Args))
	first.Env = slices.DeleteFunc(first.Env, func(variable string) bool { return strings.HasPrefix(variable, instance.Variable+"=") })
	g.Expect(second.Env).To(Equal(first.Env), "a person's own Blender has no mark: it is not swept away")
	g.Expect(second.Dir).To(Equal(first.Dir))
	g.Expect(second.Stdin).To(Equal(first.Stdin))
	return b.Command()
}

func TestLaunchThatCannotWorkSaysWhy(t *testing.T) {
	plain := testkit.File(t, "plain", "")
	for situation, test := range map[string]struct {
		options []Option
		machine bool
		says    string
	}{
		"no such Blender":       {[]Option{On(Local("/no/such/blender"))}, true, `there is no file /no/such/blender; install it \(apt-get install blender\) or set BGCHECK_BLENDER`},
		"not in PATH":           {[]Option{On(Local("no-such-blender"))}, true, `no "no-such-blender" in PATH`},
		"Blender is a folder":   {[]Option{On(Local(t.TempDir()))}, true, `is a folder; name the executable in it`},
		"not executable":        {[]Option{On(Local(plain))}, true, `is not executable`},
		"no such script":        {[]Option{Script("/no/such.py")}, false, `there is no file /no/such.py`},
		"undeclared mount":      {[]Option{Script("{mount:x}/y.py")}, false, `replace \{mount:x\}: no mount of that name`},
		"undeclared in env":     {[]Option{Env("A", "{mount:x}")}, false, `no mount of that name`},
		"mount of a file":       {[]Option{Mount("a", plain)}, false, `is not a folder`},
		"no such add-on":        {[]Option{Addon("/no/such", "x")}, false, `install add-on /no/such as x`},
		"preparation that ends": {[]Option{Prepare(func(string) error { return errors.New("no luck") })}, false, `prepare the launch: no luck`},
		"kept in a file":        {[]Option{KeepIn(plain)}, true, `make the instance's folder`},
	} {
		t.Run(situation, func(t *testing.T) {
			g := NewWithT(t)
			b, err := Launch(testkit.Bounded(t), append([]Option{On(Local(testkit.Fake))}, test.options...)...)
			g.Expect(b).To(BeNil())
			var whole *Error
			g.Expect(errors.As(err, &whole)).To(BeTrue())
			g.Expect(whole.Phase).To(Equal(PhaseLaunch))
			g.Expect(err).To(MatchError(MatchRegexp(test.says)))
			g.Expect(err.Error()).NotTo(ContainSubstring("\n"))
			g.Expect(errors.Is(err, ErrMachine)).To(Equal(test.machine))
		})
	}
	NewWithT(t).Expect(ourFolders()).To(BeEmpty(), "a failed launch left its folder")
}

// ourFolders are the instance folders of this process.
func ourFolders() []string {
	id, _, _ := strings.Cut(owner.NewID(), "-")
	found, _ := filepath.Glob(filepath.Join(os.TempDir(), instance.FolderPrefix+id+"-*"))
	return found
}

func TestLaunchOnAContextThatHasEnded(t *testing.T) {
	g := NewWithT(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	b, err := Launch(ctx, On(Local(testkit.Fake)), Env("FAKE_HOLD", "1"))
	if err == nil { // it had started before anyone looked
		g.Expect(b.Close()).To(Succeed())
		return
	}
	g.Expect(err).To(MatchError(context.Canceled))
}

func TestCloseRemovesTheFolderUnlessItIsKept(t *testing.T) {
	g := NewWithT(t)
	b := fake(t)
	g.Expect(b.Close()).To(Succeed())
	g.Expect(b.Close()).To(Succeed())
	g.Expect(b.Dir()).NotTo(BeADirectory())

	parent := filepath.Join(t.TempDir(), "out", "artefacts")
	b = fake(t, KeepIn(parent), Env("FAKE_PRINT", "kept"))
	_, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.Close()).To(Succeed())
	g.Expect(filepath.Dir(b.Dir())).To(Equal(parent))
	data, err := os.ReadFile(b.Log().Path())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(data)).To(HavePrefix("kept\n"))
}

func TestScratchIsReadOnEveryBackend(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_DUMP", "{scratch}/dump"))
	_, err := b.Wait(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(b.ReadScratch(testkit.Bounded(t), "dump")).To(ContainSubstring("args"))
	_, err = b.ReadScratch(testkit.Bounded(t), "none")
	g.Expect(err).To(MatchError(os.ErrNotExist))
	_, err = b.ReadScratch(testkit.Bounded(t), "../../x")
	g.Expect(err).To(HaveOccurred())
}
