package checks

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var faultsKilled = contract.Check{
	Name:     "faults/killed",
	True:     "killed (SIGKILL) and started again on what it has left, it answers",
	Why:      "A crash, kill -9, the kernel for want of memory and a power cut remove nothing. A lock or a half-written file from before must not keep a service from starting.",
	How:      "Blender is killed. Another is launched on its port, with what the first has left in its home, its scratch and its temporary folder.",
	Fix:      "Hold a lock that ends with the process (fcntl.flock on an open file) in place of a file whose presence is the lock; or write the process id into it and look whether that lives.",
	Needs:    []contract.Need{contract.NeedService},
	Thorough: true,
	Asks:     contract.OwnLives,
	Run:      judgeKilled,
}

// judgeKilled kills a life and launches the next on what is left.
func judgeKilled(ctx context.Context, s *contract.Session) report.Result {
	if !s.Local() {
		return contract.Skipped(contract.NotHere + ": in a container the next one finds nothing of the last")
	}
	if s.Target().Service.Socket != "" {
		return contract.Skipped("the target has no port, and what its socket leaves is looked at by start/stale-socket")
	}
	o, bad := begin(ctx, s, "it was killed", "")
	if bad != nil {
		return *bad
	}
	port := o.life.Port()
	o.life.AskedToEnd()
	if _, err := o.life.Kill(ctx); err != nil {
		return contract.FromError(err)
	}
	tweaks := contract.Tweaks{Changed: true, More: []harness.Option{harness.Prepare(func(dir string) error { return inherit(dir, o.life.Dir()) })}}
	if s.Target().HasPort() {
		tweaks.Port = port
	}
	next, err := s.Launch(ctx, tweaks)
	if fault := contract.FaultOf(err); fault != nil {
		result := contract.Failed("killed and started again on what it has left it did not answer: "+fault.Seen,
			"perhaps a lock or a half-written file of the one that was killed keeps it from starting: "+fault.Diagnosis, fault.Evidence...)
		result.Command = fault.Command
		return result
	}
	if err != nil {
		return contract.FromError(err)
	}
	o.life, o.what = next, "it was killed and started again on what it had left"
	return o.judge(ctx)
}

// ours are the files of bgcheck in a scratch folder, which tell of one life alone.
var ours = []string{"witness.jsonl", "stacks"}

// inherit gives an instance's folder what another has left.
func inherit(to, from string) error {
	for _, folder := range []string{"home", "scratch", "tmp"} {
		err := filepath.WalkDir(filepath.Join(from, folder), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			switch here := filepath.Join(to, rel); {
			case entry.IsDir():
				return os.MkdirAll(here, 0o700)
			case !entry.Type().IsRegular() || slices.Contains(ours, entry.Name()):
				return nil
			default:
				text, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				return os.WriteFile(here, text, 0o600)
			}
		})
		if err != nil {
			return fmt.Errorf("copy what was left: %w", err)
		}
	}
	return nil
}
