// Package idle_test checks that a quiet service costs nothing and answers at once afterwards.
package idle_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestIdle(t *testing.T) { spec.Run(t, "idle") }
