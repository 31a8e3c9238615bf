package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceVersions = contract.Check{
	Name: "source/versions",
	True: "nothing is used that a newer Python or Blender has taken away",
	Why:  "An add-on that works today ends with the next Blender, which brings a newer Python: with ImportError, AttributeError, or a request that is never answered.",
	How: byTree + "Modules and functions that Python has taken away up to 3.14, and names that Blender has taken away up to 5.2, are reported with the version, unless the code asks for the version or the name, " +
		"or catches the error. What an extension's blender_version_max leaves out is not.",
	Fix: "Ask for the version, and use what stands in its place:\n" +
		"    if bpy.app.version >= (4, 1, 0):\n" +
		"        ...",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    rule("versions"),
}
