// Package checks holds the checks: statements about Blender in background mode
// that are true or false.
//
//	under, err := target.Load("bgcheck.yaml")
//	if err != nil {
//		return err
//	}
//	results, err := checks.RunAll(ctx, contract.Config{Target: under}, "start", "stop/sigterm")
//	if err != nil {
//		return err
//	}
//	for _, r := range results {
//		fmt.Println(r.Verdict, r.Name, r.Seen, r.Diagnosis)
//	}
//
// A check is one file, named as the check is (stop/twice: stop_twice.go), and
// holds all of it: its name, what is true when it passes, why, how it is
// measured, what it needs, its code and its remedies. catalogue.go lists them.
// What several checks need is a contract.Fact in a file of its own (growth.go,
// stopped.go, source.go), made once a session by the first who asks.
package checks
