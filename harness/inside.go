package harness

import (
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
)

// Inside is a Process in a place of its own, such as a container, whose sockets
// and files are not the host's. Paths are as Blender sees them.
type Inside interface {
	// Dial connects to the Unix socket at path. Errors are the system's there.
	Dial(ctx context.Context, path string) (net.Conn, error)
	// Mode is the mode of what is at path, links not followed; an error wraps
	// fs.ErrNotExist when there is nothing.
	Mode(ctx context.Context, path string) (fs.FileMode, error)
}

// DialUnix connects to the Unix socket at path, as Blender sees it.
func (b *Blender) DialUnix(ctx context.Context, path string) (net.Conn, error) {
	if inside, ok := b.proc.(Inside); ok {
		return inside.Dial(ctx, path)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, "unix", path)
}

// Mode is the mode of the file at path, as Blender sees it, links not followed;
// an error wraps fs.ErrNotExist when there is none.
func (b *Blender) Mode(ctx context.Context, path string) (fs.FileMode, error) {
	if inside, ok := b.proc.(Inside); ok {
		return inside.Mode(ctx, path)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return 0, fmt.Errorf("look at a file: %w", err)
	}
	return info.Mode(), nil
}
