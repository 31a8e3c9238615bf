// Package display gives one Blender an X server of its own, Xvfb, which draws in
// memory and ends with it. Only Linux has it.
//
//	xvfb, err := display.Find()
//	program, args, err := display.Through(xvfb, dir) // started in Blender's place
//	...
//	if err := display.WhyNone(dir); err != nil { // Blender did not end well
//		return err
//	}
//	display.Forget(dir)
//
// A program that imports the package may find itself started again under the
// name bgcheck-window.
package display

// Remedy says how to get what a display takes.
const Remedy = "apt-get install --no-install-recommends xvfb libgl1 libgl1-mesa-dri"
