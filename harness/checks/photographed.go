package checks

import (
	"context"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
)

// photographed is what tell makes of photographs of a life of its own, at rest; "" where
// they do not say.
func photographed(ctx context.Context, s *contract.Session, tell func(explain.Facts) string) string {
	life, err := launchAtRest(ctx, s)
	if err != nil {
		return ""
	}
	defer life.Close()
	life.Pose(ctx)
	return tell(life.Facts(ctx))
}
