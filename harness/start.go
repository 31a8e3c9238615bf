package harness

import (
	"strconv"
	"time"
)

// StartOption changes how Start keeps Blender alive.
type StartOption struct{ arguments []string } // of pyaddon's launcher

// Start lets pyaddon's launcher call the callable "module:function" and keep
// Blender alive with pyaddon's keepalive. It stands in place of Script.
func Start(callable string, options ...StartOption) Option {
	arguments := []string{"--start", callable}
	for _, o := range options {
		arguments = append(arguments, o.arguments...)
	}
	return Script("{dir}/run/launch.py", arguments...)
}

// StartStep has the callable "module:function" called on the main thread, again
// and again (see StartInterval): for an add-on whose threads queue work for it.
func StartStep(callable string) StartOption {
	return StartOption{[]string{"--step", callable}}
}

// StartLoop drives the add-on's own asyncio loop by the kick_async_loop() of
// this module, called again and again (see StartInterval). Without it the loop
// that exists is driven in its selector, which costs nothing at rest.
func StartLoop(module string) StartOption {
	return StartOption{[]string{"--async-loop", module}}
}

// StartInterval is the time between two calls of StartStep and StartLoop;
// default 50 ms.
func StartInterval(d time.Duration) StartOption {
	return StartOption{[]string{"--interval", strconv.FormatFloat(d.Seconds(), 'g', -1, 64)}}
}

// StartCleanup has the callable "module:function" called once before the end.
func StartCleanup(callable string) StartOption {
	return StartOption{[]string{"--cleanup", callable}}
}

// StartWithoutTimers leaves bpy.app.timers to Blender, which in background mode
// does not run them.
func StartWithoutTimers() StartOption {
	return StartOption{[]string{"--no-timers"}}
}
