// Package window is the backend for a Blender in a window that nobody sees.
//
//	b, err := harness.Launch(ctx,
//		harness.On(window.New("")),
//		harness.Script("start_server.py"),
//		harness.Env("MY_PORT", "{port}"))
//	if err != nil {
//		return err
//	}
//	defer b.Close()
//
// Each Blender gets an X server of its own, Xvfb, which draws in memory and by
// software, and which ends with it. It takes Linux, Xvfb and Mesa's software
// renderer (libgl1-mesa-dri). Blender 2.83 crashes in such a window and is
// refused.
package window
