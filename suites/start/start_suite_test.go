// Package start_test checks that the service comes up, or says clearly why it cannot.
package start_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	_ "github.com/bgcheck/bgcheck/harness/container" // registers -backend=container
	"github.com/bgcheck/bgcheck/harness/spec"
)

func TestStart(t *testing.T) { spec.Run(t, "start") }
