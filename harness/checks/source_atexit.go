package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceAtexit = contract.Check{
	Name: "source/atexit",
	True: "no exit function works on Blender's data",
	Why:  "Python calls exit functions after Blender has freed its data: bpy.data is empty there, so that what is saved is empty, and saving a .blend file crashes.",
	How:  byTree + "bpy.data, bpy.ops and bpy.context in a function given to atexit.register, or in what that calls, are reported.",
	Fix: "Do it while Blender lives: in unregister(), or behind the loop that keeps it alive.\n" +
		"    keepalive.run()\n" +
		"    remember()",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    rule("atexit"),
}
