// Package echo_test checks that what was sent comes back, whatever its size, however it is cut.
package echo_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestEcho(t *testing.T) { spec.Run(t, "echo") }
