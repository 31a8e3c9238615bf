package container

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness"
)

// both runs a test under the launcher and without it.
func both(t *testing.T, test func(t *testing.T, image string)) {
	t.Run("with the launcher", func(t *testing.T) { t.Parallel(); test(t, full(t)) })
	t.Run("without it, in an image that has no Python", func(t *testing.T) { t.Parallel(); test(t, bare(t)) })
}

func TestWaysToEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		vars   vars
		code   int
		signal os.Signal
		exact  bool // only the launcher can tell
	}{
		{"with code 0", vars{}, 0, nil, false},
		{"with code 3", vars{"GUEST_EXIT": "3"}, 3, nil, false},
		{"with code 143, which is no SIGTERM", vars{"GUEST_EXIT": "143"}, 143, nil, true},
		{"by SIGHUP", vars{"GUEST_DIE": "1"}, -1, syscall.SIGHUP, false},
		{"by SIGKILL, which is no want of memory", vars{"GUEST_DIE": "9"}, -1, syscall.SIGKILL, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, image string) {
				if c.exact && image == images.bare {
					t.Skip("an engine tells both as 143")
				}
				exit := wait(t, launch(t, New(image), c.vars))
				if exit.Code != c.code || exit.Signal != c.signal || exit.OOM {
					t.Errorf("code %d, signal %v, OOM %t; want code %d, signal %v", exit.Code, exit.Signal, exit.OOM, c.code, c.signal)
				}
			})
		})
	}
}

func TestWhatNeedsMoreMemoryThanItMayIsKilledForWantOfMemory(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, image string) {
		exit := wait(t, launch(t, New(image, Memory(64<<20)), vars{"GUEST_EAT": "200", "GUEST_HOLD": "1"}))
		if exit.Signal != syscall.SIGKILL || !exit.OOM {
			t.Errorf("%v, OOM %t; want SIGKILL and OOM", exit, exit.OOM)
		}
	})
}

func TestTheLogIsCompleteToTheLastLine(t *testing.T) {
	t.Parallel()
	const lines = 100_000
	both(t, func(t *testing.T, image string) {
		run := launch(t, New(image), vars{"GUEST_POUR": fmt.Sprint(lines)})
		wait(t, run)
		var all []string
		for from := harness.Cursor(0); from < run.Log().End(); {
			part, next, err := run.Log().Since(from)
			if err != nil {
				t.Fatal(err)
			}
			all, from = append(all, part...), next
		}
		seen := map[string]bool{}
		for i, line := range all {
			seen[line] = true
			// The launcher lets both streams go one way: they keep their order.
			if image == images.full && !strings.HasPrefix(line, fmt.Sprintf("line %9d ", i)) {
				t.Fatalf("line %d is %q", i, line)
			}
		}
		if len(all) != lines || len(seen) != lines {
			t.Errorf("%d lines, %d different ones; want %d", len(all), len(seen), lines)
		}
	})
}

func TestItIsReadyWhenItAnswersNotWhenThePortAccepts(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, image string) {
		run := launch(t, New(image), vars{"GUEST_PORT": "{port}", "GUEST_HOST": "0.0.0.0", "GUEST_ABOUT": "1", "GUEST_AFTER": "{dir}/tmp/now"})
		line(t, run, "^about")
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		address, err := run.Address(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(address, "127.0.0.1:") {
			t.Logf("published at %s, not on this machine's loopback", address)
		}
		if err := ping(ctx, address); err == nil {
			t.Fatal("it answers before it listens")
		}
		open := make(chan error)
		go func() { open <- put(ctx, run, "tmp/now") }()
		if err := run.WaitReady(ctx, ping); err != nil {
			t.Error(err)
		}
		if err := <-open; err != nil {
			t.Error(err)
		}
	})
}

// put writes an empty file in the running instance's folder.
func put(ctx context.Context, run *harness.Blender, rel string) error {
	e, err := connect(ctx)
	if err != nil {
		return err
	}
	id, err := e.find(ctx, run.ID())
	if err != nil {
		return err
	}
	_, err = e.api.CopyToContainer(ctx, id, client.CopyToContainerOptions{DestinationPath: innerDir, Content: archive(entry{rel, 0o644, nil})})
	return err
}

// find is the container of an instance.
func (e *engine) find(ctx context.Context, instance string) (string, error) {
	all, err := e.api.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("label", labelInstance+"="+instance)})
	if err != nil {
		return "", err
	}
	if len(all.Items) != 1 {
		return "", fmt.Errorf("%d containers of %s: %w", len(all.Items), instance, fs.ErrNotExist)
	}
	return all.Items[0].ID, nil
}

func TestAServiceOnLoopbackInTheContainerIsNotReachedFromOutside(t *testing.T) {
	t.Parallel()
	run := launch(t, New(full(t)), vars{"GUEST_PORT": "{port}"})
	line(t, run, "listening on 127.0.0.1:")
	address, err := run.Address(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := ping(t.Context(), address); err == nil {
		t.Error("it answered: then container.env in target files has no reason")
	}
	listeners, err := run.Listeners(t.Context())
	if err != nil || len(listeners) != 1 || !listeners[0].Addr().IsLoopback() {
		t.Errorf("it listens on %v, %v; want one loopback address", listeners, err)
	}
}

func TestAPortThatTheServiceChoosesAndAnnouncesIsReached(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, image string) {
		run := launch(t, New(image), vars{"GUEST_PORT": "{port}", "GUEST_HOST": "0.0.0.0"},
			harness.Announced(regexp.MustCompile(`listening on \S+:(\d+)`)))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := run.WaitReady(ctx, ping); err != nil {
			t.Error(err)
		}
	})
}

func TestWhatOutlivesBlenderIsNamedAndKilled(t *testing.T) {
	t.Parallel()
	exit := wait(t, launch(t, New(full(t)), vars{"GUEST_CHILD": "1"}))
	if len(exit.Left) != 1 || exit.Left[0].Command != "/guest/blender stay" {
		t.Errorf("left %+v; want the guest's child", exit.Left)
	}
}

func TestFilesAreReadWhileItRunsAndCopiedOutAtTheEnd(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, image string) {
		run := launch(t, New(image), vars{"GUEST_WRITE": "{scratch}/effect", "GUEST_PORT": "{port}"})
		line(t, run, "listening")
		check := func() {
			t.Helper()
			if data, err := run.ReadScratch(t.Context(), "effect"); string(data) != "written" || err != nil {
				t.Errorf("effect is %q, %v", data, err)
			}
			if _, err := run.ReadScratch(t.Context(), "nothing"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("reading a file that is not there: %v", err)
			}
		}
		check()
		if _, err := run.Kill(t.Context()); err != nil {
			t.Fatal(err)
		}
		check()
		if data, err := os.ReadFile(filepath.Join(run.Dir(), "scratch/effect")); string(data) != "written" {
			t.Errorf("on the host effect is %q, %v", data, err)
		}
	})
}

func TestACrashFileIsFound(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, image string) {
		exit := wait(t, launch(t, New(image), vars{"GUEST_WRITE": "{dir}/tmp/blender.crash.txt", "GUEST_DIE": "9"}))
		if data, err := os.ReadFile(exit.CrashFile); string(data) != "written" {
			t.Errorf("the crash file %q is %q, %v", exit.CrashFile, data, err)
		}
	})
}

func TestAMountIsReadAndNotWritten(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "addon.py"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := launch(t, New(full(t)), vars{"GUEST_WRITE": "{mount:target}/addon.py", "GUEST_ABOUT": "1"},
		harness.Mount("target", folder), harness.Flags("{mount:target}/addon.py"))
	line(t, run, `^write /mounts/target/addon\.py .*permission denied`)
	line(t, run, `^about 1000 /bgcheck/home .* /mounts/target/addon\.py`)
}

func TestTheRootIsReadOnly(t *testing.T) {
	t.Parallel()
	run := launch(t, New(full(t)), vars{"GUEST_WRITE": "/var/lib/x"})
	line(t, run, "^write .*read-only file system")
	run = launch(t, New(full(t)), vars{"GUEST_WRITE": "/tmp/x"})
	line(t, run, "^write /tmp/x <nil>")
}

func TestAContainerReachesNeitherAnotherNorTheWorld(t *testing.T) {
	t.Parallel()
	serving := launch(t, New(full(t)), vars{"GUEST_PORT": "5000", "GUEST_HOST": "0.0.0.0"}, harness.Port(5000))
	line(t, serving, "listening")
	e := needEngine(t)
	id, err := e.find(t.Context(), serving.ID())
	if err != nil {
		t.Fatal(err)
	}
	found, err := e.api.ContainerInspect(t.Context(), id, client.ContainerInspectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if all := found.Container.NetworkSettings.Networks; len(all) != 1 || all[networkName] == nil {
		t.Fatalf("it is in the networks %v; want %s alone", all, networkName)
	}
	net, err := e.api.NetworkInspect(t.Context(), networkName, client.NetworkInspectOptions{})
	if err != nil || net.Network.Options["com.docker.network.bridge.enable_ip_masquerade"] != "false" {
		t.Fatalf("%v: the network lets answers from outside in: %v", err, net.Network.Options)
	}
	inner := found.Container.NetworkSettings.Networks[networkName].IPAddress
	if !inner.IsValid() {
		t.Fatal("the container has no address")
	}
	other := launch(t, New(full(t)), vars{"GUEST_DIAL": inner.String() + ":5000"})
	if got := line(t, other, "^dial .*"); strings.HasSuffix(got[0], "<nil>") {
		t.Errorf("it was reached: %s", got[0])
	}
}

func TestStopIsHeeded(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, image string) {
		run := launch(t, New(image), vars{"GUEST_HOLD": "1"})
		line(t, run, "holding")
		exit, err := run.Stop(t.Context())
		if err != nil || exit.Signal != syscall.SIGTERM || exit.Escalated {
			t.Errorf("%v, %v; want the end by SIGTERM", exit, err)
		}
		if err := run.Signal(t.Context(), syscall.SIGTERM); !errors.Is(err, os.ErrProcessDone) {
			t.Errorf("a signal after the end: %v", err)
		}
	})
}

func TestAnImageThatIsMissingIsAFaultOfTheMachineWithItsRemedy(t *testing.T) {
	t.Parallel()
	needEngine(t)
	_, err := New("0.1").Info(t.Context())
	if !errors.Is(err, harness.ErrMachine) || !strings.Contains(fmt.Sprint(err), "docker/build.sh 0.1") {
		t.Error(err)
	}
}

func TestAVersionThatNoLabelTellsIsAsked(t *testing.T) {
	t.Parallel()
	// This image does not tell that it has no Python either: that is found out.
	info, err := New(plain(t)).Info(t.Context())
	if err != nil || info.Version != "9.8.7" {
		t.Errorf("%+v, %v", info, err)
	}
}
