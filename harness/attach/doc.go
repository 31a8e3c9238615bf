// Package attach is the backend for a Blender that somebody else started.
//
//	b, err := harness.Launch(ctx, harness.On(attach.New("127.0.0.1:23333", 4711)))
//	if err != nil {
//		return err
//	}
//	defer b.Close() // lets go; the Blender runs on
//	err = b.WaitReady(ctx, service.Ping)
//
// Nothing is started, so that add-ons, scripts, flags and variables given to
// Launch have no effect, and there is no log. Nothing is killed either: Kill and
// Close only let go. Signal does reach the process, and its end is noticed; its
// exit code is known to its parent alone and stays -1.
//
// Its files are read where it is this user's, on this machine, and sees the same
// files as this program does.
package attach
