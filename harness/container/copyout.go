package container

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// outLimit is the most that is copied out of a container at its end.
const outLimit = 1 << 30

// copyOut brings the instance's folder back to the host: what Blender wrote to
// scratch/, tmp/ and profile/, its crash logs among them.
func (p *process) copyOut(ctx context.Context) error {
	out, err := p.engine.api.CopyFromContainer(ctx, p.id, client.CopyFromContainerOptions{SourcePath: innerDir + "/."})
	if err != nil {
		return fault.Machinef("copy the instance's folder out of the container: %w", err)
	}
	defer out.Content.Close()
	if err := unpack(out.Content, p.spec.Dir); err != nil {
		return fault.Machinef("copy the instance's folder out of the container: %w", err)
	}
	return nil
}

// unpack writes an archive's folders and files below dir, and nowhere else.
// Links are left out: what Blender's code wrote must not make the harness read a
// file of the host.
func unpack(archive io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	var size int64
	for files := tar.NewReader(archive); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := filepath.FromSlash(path.Clean(strings.TrimPrefix(h.Name, "/")))
		if name == "." || name == logName || !filepath.IsLocal(name) || ours(name) {
			continue
		}
		switch h.Typeflag {
		case tar.TypeDir:
			if err := root.MkdirAll(name, 0o755); err != nil {
				return err
			}
		case tar.TypeReg:
			if size += h.Size; size > outLimit {
				return fmt.Errorf("it holds more than %d MiB", outLimit>>20)
			}
			if err := unpackFile(root, name, files, h); err != nil {
				return err
			}
		}
	}
}

func unpackFile(root *os.Root, name string, content io.Reader, h *tar.Header) error {
	// Not written when it is the same as before: its time tells that.
	if info, err := root.Lstat(name); err == nil && info.Size() == h.Size && info.ModTime().Equal(h.ModTime) {
		return nil
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return root.Chtimes(name, h.ModTime, h.ModTime)
}

// ours says whether a name in the instance's folder is the launcher's, or in it.
func ours(name string) bool {
	rest, found := strings.CutPrefix(filepath.ToSlash(name), launcherPath)
	return found && (rest == "" || rest[0] == '/')
}

// readInside reads one file of a running container. The launcher does it in a
// millisecond; the engine mounts all the container's volumes anew each time,
// which slows down what runs there.
func (p *process) readInside(ctx context.Context, file string) ([]byte, error) {
	if p.launcher {
		answer, err := p.ask(ctx, request{Do: "read", Path: file})
		if err == nil && answer.Missing {
			err = &os.PathError{Op: "read", Path: file, Err: os.ErrNotExist}
		}
		return answer.Content, err
	}
	out, err := p.engine.api.CopyFromContainer(ctx, p.id, client.CopyFromContainerOptions{SourcePath: file})
	if err != nil {
		return nil, fmt.Errorf("read %s in the container: %w", file, err)
	}
	defer out.Content.Close()
	files := tar.NewReader(out.Content)
	h, err := files.Next()
	if err != nil {
		return nil, fmt.Errorf("read %s in the container: %w", file, err)
	}
	if h.Typeflag != tar.TypeReg {
		return nil, fmt.Errorf("read %s in the container: it is no file", file)
	}
	return io.ReadAll(files)
}
