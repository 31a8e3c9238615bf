package harness

import (
	"net"
	"os"
	"path/filepath"
)

// staleOrder is the file in scratch/ that tells a container's launcher where to
// leave a stale socket: a socket cannot be copied into one.
const staleOrder = "stale-socket"

// leaveStale makes the file that StaleSocket asks for.
func (s *settings) leaveStale(b *Blender) error {
	if s.stale == "" {
		return nil
	}
	if s.backend.Name() == "container" {
		path := filler(b.port, b.token, "").Replace(s.stale)
		return os.WriteFile(filepath.Join(b.dir, "scratch", staleOrder), []byte(path), 0o644)
	}
	b.makeLink(b.link) // before the supervisor does
	path := filler(b.port, b.token, b.hostScratch()).Replace(s.stale)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return err
	}
	listener.SetUnlinkOnClose(false)
	return listener.Close()
}
