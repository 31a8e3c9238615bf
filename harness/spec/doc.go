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
// and says why; a skipped one skips it; an inconclusive one fails it, so that it
// can never count as passed. When skips blame a check that is not in the suite
// ("see start/ready"), that one is judged, too, and its failure is the suite's.
// Specs that stand beside the contract are in the report as own/TEXT. What was to
// be judged and was not is named there; on Linux that goes for the other suites
// that the same ginkgo or go test was to run.
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
