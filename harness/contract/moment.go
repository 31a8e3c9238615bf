package contract

import (
	"context"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/explain"
)

// Moment is when something was asked of a life, by the clock and in its log.
type Moment struct {
	at   time.Time
	line harness.Cursor
}

// Now is this moment.
func (l *Life) Now() Moment { return Moment{time.Now(), l.Log().End()} }

// Refused is the exception of the service's own that refused a request which was sent
// then and answered with told; ok is false where nothing shows one.
func (l *Life) Refused(ctx context.Context, then Moment, told string) (found explain.Raise, ok bool) {
	if lines, _, err := l.Log().Since(then.line); err == nil {
		told += "\n" + strings.Join(lines, "\n")
	}
	return l.Facts(ctx).Refused(then.at, told)
}
