// Package owner knows which program made an instance, so that what a killed
// program has left is found and removed, and nothing else is.
//
//	id := owner.NewID()
//	dir, err := owner.TempDir(id)
//	if err != nil {
//		return err
//	}
//	// In another program, later:
//	owner.Sweep()
package owner
