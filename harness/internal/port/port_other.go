//go:build !linux

package port

// ephemeralRange is IANA's, which Windows, macOS and the BSDs use.
func ephemeralRange() (first, last int) { return 49152, 65535 }
