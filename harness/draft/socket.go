package draft

import (
	"regexp"
	"strings"
)

var (
	socketName   = regexp.MustCompile(`(?i)sock|path|file`)
	socketOption = regexp.MustCompile(`^--?(unix[-_]?)?(sock|socket|path|listen)([-_]?(path|file))?$`)
	socketFile   = regexp.MustCompile(`^/\S+\.(sock|socket)$`)
)

// unixSocket is where the source listens on a Unix socket.
func (s *survey) unixSocket() (at place, ok bool) {
	if _, at, ok = anyOf(s.attributes, "AF_UNIX"); ok {
		return at, true
	}
	if at, ok = s.imports["socket.AF_UNIX"]; ok {
		return at, true
	}
	_, at, ok = anyOf(s.calls, "start_unix_server", "create_unix_server", "UnixStreamServer", "ThreadingUnixStreamServer")
	return at, ok
}

// ownSocket is a path for the service's socket that no other instance has.
func (d *draft) ownSocket() string {
	name := d.module[strings.LastIndexByte(d.module, '.')+1:]
	if name == "" {
		name = "service"
	}
	return "{scratch}/" + name + ".sock"
}

// socket writes where the service's Unix socket is.
func (d *draft) socket() {
	at, ok := d.unixSocket()
	if !ok {
		return
	}
	path := d.ownSocket()
	d.line("  # %s: a Unix socket in place of a port", at)
	if !d.told {
		d.todo("  ", "let its path be set, by the environment or an argument, so that it can lie in {scratch}: with a fixed one two runs get in each other's way")
		for _, text := range sortedPlaces(d.texts) {
			if socketFile.MatchString(text) {
				path = text
				d.line("  # %s", d.texts[text])
				break
			}
		}
	}
	d.line("  socket: %s", scalar(path))
	d.note("socket %s (%s)", path, at)
	d.told = true
}
