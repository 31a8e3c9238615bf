package target

import (
	"slices"
	"strconv"
	"strings"
)

// HasPort says whether the service listens on a TCP port: not where it has a
// Unix socket, or none of the target's settings is a port. What has none is asked
// nothing about ports.
func (t *Target) HasPort() bool {
	s := &t.Service
	switch {
	case s.Protocol == "none" || s.Protocol == ProtocolWorker || s.Protocol == "stdio" || s.Socket != "":
		return false
	case s.Protocol != "command":
		return true
	}
	// A client program may speak over anything.
	if _, err := strconv.Atoi(s.Port); err == nil || s.Port == "announced" {
		return true
	}
	if slices.ContainsFunc(slices.Concat(t.Launch.Args, t.Launch.Flags, s.Command), isPort) {
		return true
	}
	for _, value := range t.Env {
		if isPort(value) {
			return true
		}
	}
	return false
}

// isPort says whether {port} in a setting is a port, and not a number that makes
// a file's name one of its own, as in /tmp/my-{port}.sock.
func isPort(text string) bool {
	before, after, found := strings.Cut(text, "{port}")
	if !found {
		return false
	}
	if i := strings.LastIndexAny(before, " \t\n,;"); i >= 0 {
		before = before[i+1:]
	}
	inPath := strings.ContainsAny(before, `/\`) && !strings.Contains(before, "://")
	return !inPath && !strings.HasPrefix(after, ".")
}
