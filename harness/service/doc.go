// Package service holds clients of the services that add-ons offer: one JSON
// object per connection, newline-delimited JSON, raw TCP, HTTP, and a client program
// of the author's own.
//
//	client := service.TCPJSON("127.0.0.1:23333")
//	reply, err := client.Do(ctx, []byte(`{"message": "hello"}`))
//	var none *service.NoReplyError
//	if errors.As(err, &none) {
//		return fmt.Errorf("it took the request and hung up: %w", err)
//	}
//	fmt.Printf("%s\n", reply)
//
// # Errors
//
// Every client tells these apart, each as a type with its facts:
// *RefusedError (nobody listens), *ResetError (the connection was torn down),
// *NoReplyError (closed in good order, without a byte), *TimeoutError (ctx
// ended; with the number of bytes that had come), *MalformedError (something
// came that is not a reply, or half of one), *StatusError (HTTP 400 and above)
// and *CommandError (a client program's exit). What was received is returned
// beside the error, as far as it came.
//
// # Time
//
// Only ctx limits a call: without a deadline it waits for ever. The end of ctx
// ends a blocked call at once.
package service
