// Package stop_test checks that Blender ends when it is asked to, clean and in time.
package stop_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestStop(t *testing.T) { spec.Run(t, "stop") }
