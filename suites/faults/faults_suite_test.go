// Package faults_test checks that a service lives through what goes wrong around it.
package faults_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestFaults(t *testing.T) { spec.Run(t, "faults") }
