//go:build !linux

package procfs

// OOM knows nothing here.
type OOM struct{}

// BeforeOOM looks at nothing.
func BeforeOOM() OOM { return OOM{} }

// Killed is not known.
func (OOM) Killed(int) bool { return false }
