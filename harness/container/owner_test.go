package container

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness"
)

// roleVariable makes the test program play a part of its own: a harness that is
// killed, or one that has no engine.
const roleVariable = "BGCHECK_TEST_ROLE"

func playRole() int {
	role, image, _ := strings.Cut(os.Getenv(roleVariable), " ")
	if role == "inside" {
		return reachFromInside(image)
	}
	options := []harness.Option{harness.On(New(image)), harness.Env("GUEST_HOLD", "1")}
	if role == "alone" {
		options = append(options, harness.AsPID1())
	}
	run, err := harness.Launch(context.Background(), options...)
	if err != nil {
		fmt.Println("error", errors.Is(err, harness.ErrMachine), strings.ReplaceAll(err.Error(), "\n", " "))
		return 1
	}
	fmt.Println("instance", run.ID())
	select {} // until it is killed
}

// reachFromInside asks a guest for its reply.
func reachFromInside(image string) int {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	run, err := harness.Launch(ctx, harness.On(New(image)), harness.Env("GUEST_PORT", "{port}"), harness.Env("GUEST_HOST", "0.0.0.0"))
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer func() { _ = run.Close() }()
	if err := run.WaitReady(ctx, ping); err != nil {
		fmt.Println(err)
		return 1
	}
	address, err := run.Address(ctx)
	fmt.Println("pong from", address, err)
	return 0
}

// sweep sweeps now.
func sweep(t *testing.T) ([]string, error) {
	t.Helper()
	e, err := connect(t.Context())
	if err != nil {
		return nil, err
	}
	return e.sweep(t.Context())
}

// ownerOf starts a harness of its own and returns its instance's ID.
func ownerOf(t *testing.T, role, image string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role+" "+image)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if id, ok := strings.CutPrefix(lines.Text(), "instance "); ok {
			return cmd, id
		}
		t.Log(lines.Text())
	}
	t.Fatal("the owner told of no instance")
	return nil, ""
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
}

func TestAHarnessKilledWithMinusNineLeavesNoContainer(t *testing.T) {
	image, e := full(t), needEngine(t)
	cmd, instance := ownerOf(t, "tethered", image)
	id, err := e.find(t.Context(), instance)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	gone := e.api.ContainerWait(ctx, id, client.ContainerWaitOptions{Condition: container.WaitConditionRemoved})
	kill(t, cmd)
	select {
	case <-gone.Result:
	case err := <-gone.Error:
		t.Fatalf("the container is still there: %v", err)
	}
	if _, err := e.find(t.Context(), instance); err == nil {
		t.Error("the container is still there")
	}
}

func TestWhatHasNoTetherIsSweptWhenItsOwnerIsDeadAndNotBefore(t *testing.T) {
	image, e := full(t), needEngine(t)
	cmd, instance := ownerOf(t, "alone", image)
	id, err := e.find(t.Context(), instance)
	if err != nil {
		t.Fatal(err)
	}
	if removed, err := sweep(t); err != nil || slices.Contains(removed, id) {
		t.Fatalf("the container of a living owner was swept: %v, %v", removed, err)
	}
	kill(t, cmd)
	if removed, err := sweep(t); err != nil || !slices.Contains(removed, id) {
		t.Errorf("swept %v, %v; want %s", removed, err, id)
	}
	if _, err := e.find(t.Context(), instance); err == nil {
		t.Error("the container is still there")
	}
}

func TestOnlyWhatIsCertainlyNobodysIsSwept(t *testing.T) {
	now := time.Now()
	dead := "999999999-1-1" // above any PID
	run := func(where, instance string, state container.ContainerState, age time.Duration) container.Summary {
		return container.Summary{State: state, Created: now.Add(-age).Unix(),
			Labels: map[string]string{labelWhere: where, labelInstance: instance}}
	}
	for name, c := range map[string]struct {
		container container.Summary
		want      bool
	}{
		"of a dead owner here":              {run("here", dead, container.StateRunning, 0), true},
		"of a text that is no instance":     {run("here", "somebody", container.StateExited, 0), false},
		"running, of another machine":       {run("there", dead, container.StateRunning, 48*time.Hour), false},
		"ended now, of another machine":     {run("there", dead, container.StateExited, time.Minute), false},
		"ended long ago, of another boot":   {run("there", dead, container.StateExited, 2*time.Hour), true},
		"never started, of another machine": {run("there", dead, container.StateCreated, 2*time.Hour), true},
	} {
		if got := stale(c.container, "here", now); got != c.want {
			t.Errorf("a container %s: stale is %t", name, got)
		}
	}
}

func TestWithoutAnEngineItIsAFaultOfTheMachine(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"=tethered 3.4", "DOCKER_HOST=unix:///nonexistent/docker.sock")
	out, err := cmd.Output()
	if err == nil || !strings.HasPrefix(string(out), "error true ") {
		t.Errorf("%v: %s", err, out)
	}
	t.Logf("%s", out)
}
