package contract

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness"
)

// JobTweaks change one run of a job; the zero value runs it as the target file says.
type JobTweaks struct {
	// Stdin is what it finds on standard input.
	Stdin harness.Input
	// Prepare changes the working folder on the host, after the inputs are there.
	Prepare func(work string) error
	// Flags stand before the target's own.
	Flags []string
	// Beside: it may run beside another, whatever OneJobAtATime said.
	Beside bool
	// More options.
	More []harness.Option
}

// StartJob starts the target's job in a working folder of its own and returns once
// the process exists. It is closed when the check is done; its folder stays for as
// long as the session.
func (s *Session) StartJob(ctx context.Context, tweaks JobTweaks) (*Life, error) {
	s.mu.Lock()
	broken := s.broken
	s.mu.Unlock()
	if broken != nil {
		return nil, broken
	}
	release := func() {}
	if s.single() && !tweaks.Beside {
		if err := take(ctx, s.turns); err != nil {
			return nil, fmt.Errorf("wait for the job that runs: %w", err)
		}
		release = func() { <-s.turns }
	}
	options := append([]harness.Option{harness.Flags(tweaks.Flags...)}, s.Options(Tweaks{More: tweaks.More})...)
	options = append(options, harness.Stdin(tweaks.Stdin))
	if tweaks.Prepare != nil {
		options = append(options, harness.Prepare(func(dir string) error { return tweaks.Prepare(workIn(dir)) }))
	}
	life, err := s.Start(ctx, options...)
	if err != nil {
		release()
		return nil, err
	}
	go func() {
		<-life.Done()
		release()
	}()
	return life, nil
}

// OneJobAtATime is for a job of which two runs at once spoil one another: the next
// begins when the last has ended.
func (s *Session) OneJobAtATime() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alone = true
}

func (s *Session) single() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.alone
}

// jobOptions are those that a job has beside what every launch has.
func (s *Session) jobOptions() []harness.Option {
	j := s.target.Job
	options := []harness.Option{harness.Work(), harness.Prepare(s.copyInputs)}
	if j.Blend != "" {
		options = append(options, harness.Open("{dir}/job/"+filepath.Base(j.Blend)))
	}
	switch {
	case j.Expr != "":
		options = append(options, harness.Then("--python-expr", j.Expr))
	case j.Text != "":
		options = append(options, harness.Then("--python-text", j.Text))
	}
	options = append(options, harness.Then(fillAll(j.Options)...))
	if len(j.Command) > 0 {
		options = append(options, harness.Then(append([]string{"--command"}, fillAll(j.Command)...)...))
	}
	if s.target.Launch.Script == "" && len(s.target.Launch.Args) > 0 {
		options = append(options, harness.Script("", fillAll(s.target.Launch.Args)...))
	}
	return options
}

// copyInputs puts what the job reads into its working folder.
func (s *Session) copyInputs(dir string) error {
	names := s.target.Job.Inputs
	if s.target.Job.Blend != "" {
		names = append([]string{s.target.Job.Blend}, names...)
	}
	for _, name := range names {
		err := s.copyInto(s.target.Resolve(name), filepath.Join(workIn(dir), filepath.Base(name)))
		if err != nil {
			return fmt.Errorf("copy the job's input %s: %w", name, err)
		}
	}
	return nil
}
