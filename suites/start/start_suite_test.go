// Package start_test checks that the service comes up, or says clearly why it cannot.
package start_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestStart(t *testing.T) { spec.Run(t, "start") }
