package contract

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/target"
	"github.com/bgcheck/bgcheck/harness/usage"
	"github.com/bgcheck/bgcheck/pyaddon"
)

// hostModule is the name under which our service lies in the profile: its own
// may be that of the add-on under test.
const hostModule = "bgcheck_host"

// host makes of an add-on without a service the target that our own service is
// with it.
func host(t *target.Target) {
	t.Launch.Start = hostModule + ":start_server_from_script"
	t.Launch.Cleanup = hostModule + ":cleanup_server"
	t.Service = target.Service{Protocol: "tcp-json", Port: "announced", Listens: "loopback"}
	if t.Env == nil {
		t.Env = map[string]string{}
	}
	t.Env["BLENDER_HTTP_ECHO_PORT"] = "{port}"
	t.Container.Env = map[string]string{"BLENDER_HTTP_ECHO_HOST": "0.0.0.0"}
	t.Container.Listens = "any"
	t.Echo = &target.Exchange{Request: `{"message": "{message}"}`}
	t.Exec = &target.Exchange{Request: `{"code": "{code}"}`}
	t.Stop = &target.Exchange{Request: `{"code": "quit_blender"}`}
	t.Config = []target.BadSetting{}
	t.SetDefaults()
}

// installHost copies our service into an instance's profile.
func installHost(dir string) error {
	into := filepath.Join(dir, "profile", "scripts", "addons", hostModule)
	files, err := fs.Sub(pyaddon.FS, "tcp_echo")
	if err != nil {
		return fmt.Errorf("install bgcheck's service: %w", err)
	}
	if err := os.CopyFS(into, files); err != nil {
		return fmt.Errorf("install bgcheck's service: %w", err)
	}
	return nil
}

// hostArgs are the arguments of our launcher: it enables the add-on with an entry
// in the preferences, as people do, and serves.
func (s *Session) hostArgs(tweaks Tweaks) []string {
	l := s.target.Launch
	var args []string
	if !tweaks.Without {
		args = append(args, "--addon", s.target.Module, "--entry")
	}
	return append(args, "--start", l.Start, "--cleanup", l.Cleanup)
}

// Without is what our service does without the add-on: the measure for it with the
// add-on. What it cannot do alone is a fault of the machine.
type Without struct {
	Ready, Exit time.Duration
	Used        usage.Window // over the quiet window
	RSS         uint64       // at the end of it, in bytes
	Unmeasured  error        // Used and RSS are not known
}

var unladen = Fact[Without]{Name: "bgcheck's service without the add-on", OfMachine: true, Make: func(ctx context.Context, s *Session) (Without, error) {
	seen, err := s.measureWithout(ctx)
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%w: bgcheck's own service fails without the add-on: %w", harness.ErrMachine, err)
	}
	return seen, err
}}

// Without measures our service without the add-on, once a session or a machine. Its error wraps
// harness.ErrMachine: FromError makes it inconclusive.
func (s *Session) Without(ctx context.Context) (Without, error) { return unladen.Of(ctx, s) }

func (s *Session) measureWithout(ctx context.Context) (seen Without, err error) {
	life, err := s.Start(ctx, s.Options(Tweaks{Without: true})...)
	if err != nil {
		return seen, err
	}
	wait, cancel := context.WithTimeout(ctx, s.target.Budgets.Ready)
	defer cancel()
	if err := life.WaitReady(wait, life.AskAt); err != nil {
		return seen, err
	}
	seen.Ready = life.ReadyAfter()
	if EndsWithin(ctx, life, Settling) {
		return seen, fmt.Errorf("it ended by itself: %s", explain.HowEnded(life.Exit()))
	}
	before, err := life.Usage(ctx)
	seen.Unmeasured = err
	if EndsWithin(ctx, life, s.target.Budgets.Quiet) {
		return seen, fmt.Errorf("it ended in the quiet window: %s", explain.HowEnded(life.Exit()))
	}
	if seen.Unmeasured == nil {
		after, err := life.Usage(ctx)
		seen.Unmeasured, seen.Used, seen.RSS = err, usage.Between(before, after), after.RSS
	}
	if err := life.Ask(ctx); err != nil {
		return seen, fmt.Errorf("it does not answer after the quiet window: %w", err)
	}
	exit, err := life.End(ctx)
	switch {
	case exit == nil:
		return seen, err
	case exit.Signal != nil || exit.Code != 0 || exit.Escalated:
		return seen, fmt.Errorf("at SIGTERM it %s", explain.HowEnded(exit))
	}
	seen.Exit = exit.Took
	return seen, ctx.Err()
}
