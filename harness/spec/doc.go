// Package spec makes Ginkgo specs of the contract's checks, and one report of
// their results. It is the only package that knows both.
//
// bgcheck's own suites are each one line in a test:
//
//	func TestExec(t *testing.T) { spec.Run(t, "exec") }
//
// In a suite of your own, one line registers the contract for a target, beside
// your own specs:
//
//	var _ = spec.Contract(spec.Target("bgcheck.yaml"), spec.Areas("start", "exec", "stop"))
//
//	func TestMyAddon(t *testing.T) {
//		gomega.RegisterFailHandler(ginkgo.Fail)
//		ginkgo.RunSpecs(t, "my add-on")
//	}
//
// Each check is one It, labelled with its area. A failed check fails the spec
// with all that is known about it; a skipped one skips it; an inconclusive one
// fails it, so that it can never count as passed.
//
// Settings (flags, environment, defaults) are those of package setup:
//
//	ginkgo ./suites/... -- -target=bgcheck.yaml -out=out -backend=local -blender=/opt/blender/blender
//	BGCHECK_TARGET=bgcheck.yaml BGCHECK_OUT=out go test ./suites/...
//
// A suite process ends at once, and every Blender with it, when the ginkgo
// command or go test that started it ends, or the process named by
// BGCHECK_OWNER.
package spec
