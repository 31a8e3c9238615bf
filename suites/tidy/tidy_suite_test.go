// Package tidy_test checks that an add-on leaves nothing behind: no property,
// handler, timer or port when disabled, no file outside its own folders.
package tidy_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestTidy(t *testing.T) { spec.Run(t, "tidy") }
