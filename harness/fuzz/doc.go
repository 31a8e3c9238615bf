// Package fuzz sends a living service thousands of requests that are almost right:
// good ones, changed at random. The service must stay alive and answer good requests
// in between, its memory must stay flat, and each reply must be well-formed or a
// clean close. What breaks it is made smaller, until one request is left where one
// does it. Soak asks it for a long time, and tells what grows.
//
//	result, err := fuzz.Run(ctx, session, fuzz.Config{Requests: 10_000, For: time.Minute, Seed: 1})
//	if err != nil {
//		return err
//	}
//	if result.Finding != nil {
//		fmt.Println(result.Finding.Seen)
//	}
package fuzz
