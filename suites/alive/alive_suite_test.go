// Package alive_test checks that an add-on that has nothing wrong stays alive
// and answers: through quiet, broken requests, raising client code, a restart.
package alive_test

import (
	"testing"

	_ "github.com/onsi/ginkgo/v2" // by this import the ginkgo command knows a suite

	"github.com/bgcheck/bgcheck/harness/spec"
	_ "github.com/bgcheck/bgcheck/harness/spec/containers" // has --backend=container
)

func TestAlive(t *testing.T) { spec.Run(t, "alive") }
