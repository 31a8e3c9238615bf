// Package harness starts Blender in background mode, waits until the service
// inside it answers, measures it, signals it, stops it and explains its exit.
//
//	b, err := harness.Launch(ctx, harness.Script("start_server.py"), harness.Env("MY_PORT", "{port}"))
//	if err != nil {
//		return err
//	}
//	defer b.Close()
//	if err := b.WaitReady(ctx, ping); err != nil {
//		return err // says phase, exit code, crash file, last log lines
//	}
//	exit, err := b.Stop(ctx)
//	fmt.Println(exit.Code, exit.Took)
//
// One goroutine waits for the process; everything else reads state. Blender and
// all its descendants end when the program that imports harness ends, even by
// SIGKILL. The package imports neither Ginkgo nor testcontainers.
//
// To that end a program that imports the package may find itself started again
// under the name bgcheck-supervisor; see internal/supervise. Linux is where it is
// tested. On macOS and the BSDs descendants that leave Blender's process group are
// not found, and on Windows a job object does the supervisor's work; the code
// for these compiles and is vetted, and has not been run.
package harness
