// Package gate compares two states of one target, the base and the head: which
// checks were lost, and which figures got worse. Both are measured in turns on one
// machine, so that the machine's mood falls on both:
//
//	base, err := gate.Measure(ctx, baseSession)
//	head, err := gate.Measure(ctx, headSession)
//	...
//	for _, c := range gate.Compare(baseRounds, headRounds, controlRounds) {
//		fmt.Println(c.Metric.Name, c.Word)
//	}
package gate
