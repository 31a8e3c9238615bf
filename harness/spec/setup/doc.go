// Package setup turns flags and environment into what a run needs: a target, a
// backend, a folder for the report. It serves both the suites (package spec)
// and the bgcheck command, and knows nothing of Ginkgo.
//
// # Settings
//
// A flag wins over the environment, and that over the default. Relative paths
// start from the folder in which the command was given.
//
//	flag      environment      default
//	-target   BGCHECK_TARGET   the nearest bgcheck.yaml from the suite's folder up to
//	                           the module's root; in bgcheck's own repository
//	                           pyaddon/bgcheck.yaml, the reference add-on
//	-out      BGCHECK_OUT      out/ at the module's root: where the report goes
//	-backend  BGCHECK_BACKEND  local: where Blender runs; window, for a local one in
//	                           a window; attach, for one that already runs; package
//	                           container adds "container"
//	-blender  BGCHECK_BLENDER  blender in PATH; a path, or a name in PATH (local),
//	                           or a version (container)
//	-address  BGCHECK_ADDRESS  host:port of a Blender that already runs (attach)
//	-pid      BGCHECK_PID      its process id, where it is on this machine (attach)
//	          BGCHECK_RUN      names the run, so that suites started one by one make
//	                           one report; default: those of one ginkgo or go test
//	          BGCHECK_OWNER    process id; when that process ends, so does the run
//
// The suites take flags behind "--" from ginkgo and behind "-args" from go
// test:
//
//	ginkgo ./suites/... -- -target=bgcheck.yaml -out=out
//	go test ./suites/... -args -target=bgcheck.yaml -out=out
//
// A program uses it so:
//
//	flags := setup.AddFlags(flag.CommandLine)
//	flag.Parse()
//	settings, err := flags.Resolve(".")
//	if err != nil {
//		return err
//	}
//	plan, err := setup.Prepare(ctx, settings)
package setup
