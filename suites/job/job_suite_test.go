// Package job_test checks that a job does its work, and ends in good order whatever comes.
package job_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestJob(t *testing.T) { spec.Run(t, "job") }
