// Package exec_test checks that sent code takes effect on the main thread, and tells its errors.
package exec_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestExec(t *testing.T) { spec.Run(t, "exec") }
