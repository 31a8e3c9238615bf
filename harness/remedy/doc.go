// Package remedy makes of a cause a change of the target's files that can be tried:
// on a copy, by judging it again, and as a patch that `git apply` takes.
//
//	one, ok := remedy.For(under, result)
//	if !ok {
//		return // nothing that a program can write
//	}
//	changed, err := one.Try(under, folder) // a copy of the target in folder
//	...                                    // judge it
//	base, patch, err := one.Patch()        // cd base && git apply the patch
//
// It changes nothing of the author's.
package remedy
