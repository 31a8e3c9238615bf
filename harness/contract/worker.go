package contract

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/otherside"
)

// ErrCannotGive says that no jobs can be given to a worker on this backend.
var ErrCannotGive = errors.New("bgcheck cannot give it work here")

// Side is whom the life's worker asks for work; nil for other targets.
func (l *Life) Side() *otherside.Side { return l.side }

// Close ends the life, and the other side of it.
func (l *Life) Close() error {
	if l.side != nil {
		l.side.Close()
	}
	return l.Blender.Close()
}

// startWorker launches a worker's Blender. The other side is opened first: it must be
// there before Blender is, which is told its port.
func (s *Session) startWorker(ctx context.Context, tweaks Tweaks) (*Life, error) {
	w, contained := s.target.Worker, s.backend.Name() == "container"
	if w.Folder != nil && contained {
		return nil, fmt.Errorf("%w: a folder in a container is not this machine's", ErrCannotGive)
	}
	host := "127.0.0.1"
	if outside, ok := s.backend.(harness.Outside); ok {
		var err error
		if host, err = outside.HostAddress(ctx); err != nil {
			return nil, err
		}
	}
	var side *otherside.Side
	open := func(scratch string) (err error) {
		if side, err = otherside.Open(w, host, scratch); err != nil && contained {
			err = fmt.Errorf("%w: the containers' network does not reach this machine (%w)", ErrCannotGive, err)
		}
		return err
	}
	if w.Folder != nil {
		tweaks.More = append(slices.Clone(tweaks.More), harness.Prepare(func(dir string) error { return open(filepath.Join(dir, "scratch")) }))
	} else if err := open(""); err != nil {
		return nil, err
	} else {
		tweaks.Port = side.Port()
	}
	whom := strings.NewReplacer("{host}", host, "{server}", "http://"+net.JoinHostPort(host, "{port}"))
	env := maps.Clone(s.target.Env)
	maps.Copy(env, tweaks.Env)
	for name, value := range env {
		env[name] = whom.Replace(value)
	}
	args := slices.Clone(s.target.Launch.Args)
	if tweaks.Args != nil {
		args = slices.Clone(tweaks.Args)
	}
	for i, text := range args {
		args[i] = whom.Replace(text)
	}
	tweaks.Env, tweaks.Args = env, args
	life, err := s.Start(ctx, s.Options(tweaks)...)
	if err != nil {
		if side != nil {
			side.Close()
		}
		return nil, err
	}
	life.side, life.busy = side, make(chan struct{}, 1)
	return life, nil
}

// DoJob gives the worker a job and waits for its result, for as long as the target
// file says. Errors say how far it came.
func (l *Life) DoJob(ctx context.Context, text string) (otherside.Result, error) {
	return l.doJob(ctx, text, l.session.target.Worker.Within)
}

// ordinaryJob stands for a request to a service. A worker does one after the other, so
// that they are given in turn, and none waits for the others in its own time.
func (l *Life) ordinaryJob(ctx context.Context) ([]byte, error) {
	if err := take(ctx, l.busy); err != nil {
		return nil, err
	}
	defer func() { <-l.busy }()
	result, err := l.DoJob(ctx, l.session.target.Worker.Job)
	if err == nil && result.Failed {
		err = fmt.Errorf("a job that it can do came back as failed: %s", Excerpt([]byte(result.Text)))
	}
	return []byte(result.Text), err
}

func (l *Life) doJob(ctx context.Context, text string, within time.Duration) (otherside.Result, error) {
	job, err := l.GiveJob(text)
	if err != nil {
		return otherside.Result{}, err
	}
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	result, err := l.JobResult(limited, job)
	if err != nil && ctx.Err() == nil {
		err = l.overdue(job, within)
	}
	return result, err
}

// GiveJob has a job wait for the worker.
func (l *Life) GiveJob(text string) (*otherside.Job, error) {
	l.mu.Lock()
	l.hungry()
	l.mu.Unlock()
	return l.side.Give(l.Fill(strings.ReplaceAll(text, "{target}", l.Mount(folderMount))))
}

// JobResult waits for a job's result, while the life lasts.
func (l *Life) JobResult(ctx context.Context, job *otherside.Job) (otherside.Result, error) {
	alive, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-l.Done():
			cancel(harness.ErrEnded)
		case <-alive.Done():
		}
	}()
	result, err := l.side.Result(alive, job)
	if err != nil {
		l.side.Withdraw(job)
	}
	return result, err
}

// overdue says what became of a job without a result.
func (l *Life) overdue(job *otherside.Job, within time.Duration) error {
	taken := l.side.TakenAt(job)
	switch {
	case !l.Alive():
		return fmt.Errorf("no result: %w", harness.ErrEnded)
	case taken.IsZero():
		return fmt.Errorf("the job was not taken within %s", explain.Short(within))
	}
	return fmt.Errorf("the job was taken after %s, and within %s there was no result", explain.Short(taken.Sub(job.Given)), explain.Short(within))
}

// workerReady waits until a new life asks for work, and has it do a job.
func (s *Session) workerReady(ctx context.Context, life *Life) error {
	hunger := life.Hunger()
	wait, cancel := context.WithTimeout(ctx, s.target.Budgets.Ready)
	defer cancel()
	within := s.target.Worker.Within
	asked := func(ctx context.Context, _ string) error { return life.side.Asked(ctx, 0) }
	if s.target.Worker.Folder != nil { // nobody sees who looks into a folder
		asked = func(context.Context, string) error { return nil }
		within += s.target.Budgets.Ready
	}
	if err := life.WaitReady(wait, asked); err != nil {
		return s.workerSilent(ctx, life, hunger)
	}
	if !s.wasReady() {
		EndsWithin(ctx, life, Settling)
	}
	hunger = life.Hunger()
	result, err := life.doJob(ctx, s.target.Worker.Job, within)
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("wait for the first job: %w", context.Cause(ctx))
	case err != nil:
		return s.noResult(ctx, life, err, hunger)
	case result.Failed:
		return s.fault(ctx, life, &FaultError{Check: "worker/takes-job", Seen: "a job that it can do came back as failed: " + Excerpt([]byte(result.Text)),
			Diagnosis: "the job of the target file fails: " + jobTrouble(life)})
	}
	s.nowReady()
	return nil
}

// jobTrouble is what the log says of it.
func jobTrouble(life *Life) string {
	if trace := explain.Raised(life.Log().Tail(200)); trace != "" {
		return "the log has " + trace
	}
	return "the worker, or worker.job, or what worker.done and worker.failed look for is wrong"
}

// workerSilent is the fault of a life that never asked for work.
func (s *Session) workerSilent(ctx context.Context, life *Life, hunger Hunger) error {
	if ctx.Err() != nil {
		return fmt.Errorf("wait until it asks for work: %w", context.Cause(ctx))
	}
	budget := s.target.Budgets.Ready
	seen := fmt.Sprintf("it asked for no work within %s; the process lives", explain.Short(budget))
	return s.idleWorker(ctx, life, "start/ready", seen, "it ended before it asked for work", "it asks nobody, or somebody else: ", hunger)
}

// noResult is the fault of a life that asks for work and does not do it.
func (s *Session) noResult(ctx context.Context, life *Life, err error, hunger Hunger) error {
	return s.idleWorker(ctx, life, "worker/takes-job", err.Error(), "given its first job, it ended",
		"nothing came that worker.done or worker.failed matches: ", hunger)
}

// idleWorker looks why a worker does nothing.
func (s *Session) idleWorker(ctx context.Context, life *Life, check, seen, ended, otherwise string, hunger Hunger) error {
	if s.Ended(ctx, life) {
		cause := explain.Death(life.Facts(ctx))
		return s.fault(ctx, life, &FaultError{Check: check, Seen: ended + ": " + explain.HowEnded(life.Exit()), Diagnosis: cause.Text, Fix: cause.Fix, Cause: cause.Name})
	}
	if busy := hunger.Starved(); busy != nil {
		return busy
	}
	life.Pose(ctx)
	facts := life.Facts(ctx)
	cause := explain.Hang(facts)
	found := &FaultError{Check: check, Seen: seen, Diagnosis: cause.Text, Fix: cause.Fix, Cause: cause.Name, Evidence: facts.Pictures()}
	if strange := life.side.Strange(); len(strange) > 0 {
		found.Diagnosis, found.Fix, found.Cause = "it sends requests that worker.http of the target file does not name: "+strings.Join(strange, ", "), "", ""
	}
	if found.Diagnosis == "" {
		found.Diagnosis = otherwise + jobTrouble(life)
	}
	return s.fault(ctx, life, found)
}
