package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceContext = contract.Check{
	Name: "source/context",
	True: "bpy.context is not asked for what it does not have in background mode",
	Why: "Without a window bpy.context.area, region, space_data and region_data are None, and what is read of them raises AttributeError. On other " +
		"threads there is no object, active_object, selected_objects; while an add-on is imported and registered there is nothing but preferences and window_manager.",
	How: byTree + "Reported is what runs in background mode (the launch script, register(), handlers, threads, servers, what they call) and reads such a " +
		"name without asking for it first. Operators, panels and what only they call are not: addon/operators runs those. scene, view_layer, collection, window " +
		"and screen are there on the main thread.",
	Fix: "Ask first, or name what is meant:\n" +
		"    if bpy.context.area is not None:\n" +
		"        bpy.context.area.tag_redraw()\n" +
		"    active = bpy.data.objects.get(name)",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    rule("context"),
}
