package contract

import (
	"context"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

// Config says what a Session checks, where, and where its files go.
type Config struct {
	Target *target.Target
	// Backend starts Blender; nil: harness.Local("").
	Backend harness.Backend
	// Out is the folder that receives per-instance folders (logs, scratch).
	// Empty: the system's temporary folder, removed at Close.
	Out string
}

// Session runs checks on one target. Checks that do not spoil one another
// share one Blender life, started when first needed and replaced when it has
// ended. A Session is used by one goroutine.
type Session struct{}

// Open prepares a session; it does not start Blender.
func Open(cfg Config) (*Session, error) { panic("todo") }

// Run judges one check. It applies the target's skip list and the check's
// needs, turns faults of the machine into "inconclusive" and panics into
// "inconclusive" with the stack as evidence, and fills Name and Seconds.
func (s *Session) Run(ctx context.Context, check Check) report.Result { panic("todo") }

// Close ends what still runs. It may be called twice.
func (s *Session) Close() error { panic("todo") }

// Catalogue lists all checks in the order in which they are best run.
func Catalogue() []Check { panic("todo") }

// Area lists the checks of one area: "alive", "echo", ...
func Area(name string) []Check { panic("todo") }

// Find returns the check of that name.
func Find(name string) (Check, bool) { panic("todo") }
