package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceContext = contract.Check{
	Name:   "source/context",
	True:   "bpy.context is not used where bpy.data would do",
	Why:    "bpy.context is what is active just now: in background mode nobody chooses it (what a client's code or the loaded file left active counts), and all that comes from an editor is missing. bpy.data is the same in every mode.",
	How:    byTree + "bpy.context.scene, object, active_object, collection and view_layer outside of operators and panels are reported.",
	Fix:    "Name what is meant:\n    scene = bpy.data.scenes[0] if bpy.data.scenes else None",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    rule("context"),
}
