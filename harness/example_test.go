package harness_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/bgcheck/bgcheck/harness"
)

// The Blender of this example is a fake, so that it runs anywhere: it serves on
// the port that FAKE_PORT names. A real one is given an add-on and a script:
//
//	harness.Addon("my_addon", "my_addon"),
//	harness.Script("start_server.py"),
//	harness.Env("MY_PORT", "{port}"),
func ExampleLaunch() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	b, err := harness.Launch(ctx, harness.Env("FAKE_PORT", "{port}"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = b.Close() }()
	if err := b.WaitReady(ctx, ask); err != nil {
		fmt.Println(err) // says phase, exit code, crash file, last log lines
		return
	}
	exit, err := b.Stop(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("exit code", exit.Code, "left running", len(exit.Left))
	fmt.Println(exit.Tail[len(exit.Tail)-1])
	// Output:
	// exit code 0 left running 0
	// fake: stopped by terminated
}

// ask is ready when the service answers: an accepted connection proves nothing.
func ask(ctx context.Context, address string) error {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if _, err := io.WriteString(conn, `{"message": "hello"}`); err != nil {
		return err
	}
	var reply struct{ Message string }
	return json.NewDecoder(conn).Decode(&reply)
}
