// Package container runs Blender in containers, on testcontainers-go: the same
// checks on every Blender for which there is an image (see docker/build.sh).
//
//	b, err := harness.Launch(ctx,
//		harness.On(container.New("4.3")),
//		harness.Script("start_server.py"),
//		harness.Env("MY_HOST", "0.0.0.0"), harness.Env("MY_PORT", "{port}"))
//	if err != nil {
//		return err
//	}
//	defer b.Close()
//
// A service that binds 127.0.0.1 inside a container cannot be reached from
// outside: it must be told to bind 0.0.0.0 there (target file: container.env).
// Its port is published on 127.0.0.1 alone.
//
// Process 1 of a container is our launcher, a small Python program (launcher/)
// that starts Blender and holds a tether, the container's attached standard
// input. When the harness ends, even by SIGKILL, the tether is cut, the launcher
// kills everything and the engine removes the container. Signals, exits,
// measurements and listening sockets go over the same connection, so that it
// makes no difference where the engine is. With harness.AsPID1, and in images
// without a Python 3, Blender runs without the launcher: what a killed harness
// leaves then is removed by the next one on the same machine, at its first use of
// the engine.
//
// What is set, and by which variable:
//
//	DOCKER_HOST and others        the engine, as testcontainers-go finds it
//	TESTCONTAINERS_HOST_OVERRIDE  host at which published ports are reached; default: found
//	TESTCONTAINERS_RYUK_DISABLED  set to true by this package: its own sweep replaces Ryuk
package container
