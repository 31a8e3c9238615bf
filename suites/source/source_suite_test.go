// Package source_test checks that an add-on's source holds none of the habits
// that fail in background mode.
package source_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestSource(t *testing.T) { spec.Run(t, "source") }
