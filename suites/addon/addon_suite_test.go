// Package addon_test checks an add-on that has no service of its own: it works
// through a day's work, its operators run without a window, its package is valid.
package addon_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	_ "github.com/bgcheck/bgcheck/harness/container" // registers -backend=container
	"github.com/bgcheck/bgcheck/harness/spec"
)

func TestAddon(t *testing.T) { spec.Run(t, "addon") }
