package target

import (
	"path"
	"strings"
)

// SocketPathLimit is the most bytes that the path of a Unix socket may have on
// Linux (sockaddr_un); elsewhere it is 103.
const SocketPathLimit = 107

// checkSocket looks at the path of a Unix socket.
func (t *Target) checkSocket(p *problems) {
	const at = "service.socket"
	s := &t.Service
	if s.Socket == "" {
		return
	}
	plain := holder.ReplaceAllString(s.Socket, "")
	switch {
	case s.Protocol == "none" || s.Protocol == "stdio":
		p.addAt(at, "service.socket is used with a protocol, and the protocol is %s; expected another one, such as tcp-jsonl, or no such key", s.Protocol)
	case s.Port != "" && !p.broken("service.port"):
		p.addAt(at, "service has both socket and port; expected one of them")
	case strings.HasPrefix(s.Socket, "\x00") || strings.HasPrefix(s.Socket, "@"):
		p.addAt(at, "service.socket is %q, an abstract name; expected a path, as in %q", short(s.Socket), "{scratch}/my.sock")
	case !path.IsAbs(s.Socket) && !strings.HasPrefix(s.Socket, "{"):
		p.addAt(at, "service.socket is %q; expected a path from the root or in the scratch folder; did you mean %q?", short(s.Socket), "{scratch}/"+s.Socket)
	case len(plain) > SocketPathLimit:
		p.addAt(at, "service.socket has %d bytes without its placeholders; expected %d at most, which is all that a Unix socket's path may have", len(plain), SocketPathLimit)
	}
}
