package contract

import "strings"

// Socket is the path of the Unix socket that the service listens on, as Blender
// sees it; "" where it has none.
func (l *Life) Socket() string {
	return l.Fill(strings.ReplaceAll(l.session.target.Service.Socket, "{target}", l.Mount(folderMount)))
}
