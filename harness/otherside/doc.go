// Package otherside plays the side that a worker asks for work: it gives jobs, takes
// their results, and can be away, slow or broken.
//
//	side, err := otherside.Open(worker, "127.0.0.1", "")
//	if err != nil {
//		return err
//	}
//	defer side.Close()
//	job, err := side.Give(`{"id": "{id}", "op": "cube"}`)
//	result, err := side.Result(ctx, job)
//
// It listens on a free port of the address that it is given, of this machine alone
// where that is 127.0.0.1, and only while it is open.
package otherside
