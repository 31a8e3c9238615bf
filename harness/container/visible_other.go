//go:build !linux

package container

// visible is 0: engines run on Linux, here in a virtual machine of their own.
func visible(int, string, int) int { return 0 }
