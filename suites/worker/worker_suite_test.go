// Package worker_test checks that a worker takes jobs, does and reports them, and outlives whom it asks.
package worker_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestWorker(t *testing.T) { spec.Run(t, "worker") }
