// Package live launches Blender for the tests of backends. It stands apart from
// testkit because the harness's own tests cannot import what imports it.
//
//	b := live.Ready(t, harness.On(backend))
package live

import (
	"os"
	"testing"

	"github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

// Launch launches the fake Blender; NAME=VALUE pairs tell it what to do. It is
// closed at the end of the test.
func Launch(t *testing.T, options ...harness.Option) *harness.Blender {
	t.Helper()
	g := gomega.NewWithT(t)
	b, err := harness.Launch(testkit.Bounded(t), append([]harness.Option{harness.On(harness.Local(testkit.Fake))}, options...)...)
	g.Expect(err).NotTo(gomega.HaveOccurred())
	t.Cleanup(func() { g.Expect(b.Close()).To(gomega.Succeed()) })
	return b
}

// Ready launches the fake and waits until it serves, and so has its handlers.
func Ready(t *testing.T, options ...harness.Option) *harness.Blender {
	t.Helper()
	b := Launch(t, append(options, Serving())...)
	gomega.NewWithT(t).Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(gomega.Succeed())
	return b
}

// Serving makes the fake Blender serve on the reserved port.
func Serving() harness.Option { return harness.Env("FAKE_PORT", "{port}") }

// Address is where the service is.
func Address(t *testing.T, b *harness.Blender) string {
	t.Helper()
	address, err := b.Address(testkit.Bounded(t))
	gomega.NewWithT(t).Expect(err).NotTo(gomega.HaveOccurred())
	return address
}

// Need is a backend of the real Blender, or skips; when the variable is 1, what
// is missing fails.
func Need(t *testing.T, backend func(string) harness.Backend, variable string) harness.Backend {
	t.Helper()
	given := testkit.Real
	if given == "" {
		given = "blender"
	}
	found := backend(given)
	info, err := found.Info(testkit.Bounded(t))
	if err != nil && os.Getenv(variable) == "1" {
		t.Fatal(err)
	} else if err != nil {
		t.Skip(err)
	}
	t.Logf("Blender %s, %s", info.Version, info.Path)
	return found
}
