package checks

import "github.com/bgcheck/bgcheck/harness/contract"

var sourceBackgroundFlag = contract.Check{
	Name:   "source/background-flag",
	True:   "background mode is asked for by bpy.app.background",
	Why:    "-b and --background mean the same, and others start Blender in ways of their own: code that looks for one word takes the wrong path with the other.",
	How:    byTree + "'--background' in sys.argv without -b, and the other way round, are reported.",
	Fix:    "    if bpy.app.background:",
	Asks:   contract.NoLife,
	Hosted: contract.OfAddon,
	Run:    rule("background-flag"),
}
