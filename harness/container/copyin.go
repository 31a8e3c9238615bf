package container

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// mountLimit is the most that is copied into a container from one mount: a
// target file in somebody's home folder must not copy all of that.
const mountLimit = 1 << 30

// copyIn puts the instance's folder, the launcher and the mounts into the
// container's volumes. Copied and not bind-mounted, so that it works with an
// engine on another machine.
func (p *process) copyIn(ctx context.Context, spec *harness.LaunchSpec) error {
	err := p.send(ctx, innerDir, func(w *packer) error {
		if err := w.tree(spec.Dir, ".", func(rel string) bool { return rel == logName }); err != nil {
			return err
		}
		return w.launcher()
	})
	if err != nil {
		return fault.Machinef("copy the instance's folder into the container: %w", err)
	}
	if len(spec.Mounts) == 0 {
		return nil
	}
	err = p.send(ctx, innerMounts, func(w *packer) error {
		w.foreign = true
		for _, name := range slices.Sorted(maps.Keys(spec.Mounts)) {
			w.size = 0
			if err := w.tree(spec.Mounts[name], name, func(rel string) bool { return path.Base(rel) == ".git" }); err != nil {
				return fmt.Errorf("mount %s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fault.Machinef("copy into the container: %w", err)
	}
	return nil
}

// logName is the log in the instance's folder, which the harness writes.
const logName = "log.txt"

// send streams what pack writes to a folder in the container.
func (p *process) send(ctx context.Context, folder string, pack func(*packer) error) error {
	reader, writer := io.Pipe()
	go func() {
		w := &packer{tar: tar.NewWriter(writer)}
		err := pack(w)
		if err == nil {
			err = w.tar.Close()
		}
		writer.CloseWithError(err)
	}()
	_, err := p.engine.api.CopyToContainer(ctx, p.id, client.CopyToContainerOptions{DestinationPath: folder, Content: reader})
	reader.CloseWithError(err) // the packer must not wait for ever
	return err
}

// packer writes a tar archive. What is packed belongs to the container's user
// or, when foreign, to root, so that Blender can read it and not change it.
type packer struct {
	tar     *tar.Writer
	foreign bool
	size    int64
}

func (w *packer) header(name string, mode fs.FileMode) *tar.Header {
	h := &tar.Header{Name: name, Mode: 0o644, Uid: user, Gid: user, ModTime: time.Now()}
	if mode&0o111 != 0 || mode.IsDir() {
		h.Mode = 0o755
	}
	if mode.IsDir() && mode&0o077 == 0 && !w.foreign {
		h.Mode = 0o700
	}
	if w.foreign {
		h.Uid, h.Gid = 0, 0
	}
	return h
}

// tree packs the folder as name, without what skip names. A link is followed to
// a file; one to a folder is left out, as it may lead anywhere.
func (w *packer) tree(folder, name string, skip func(rel string) bool) error {
	return filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if skip(rel) {
			if entry.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		info, err := os.Stat(file)
		if err != nil && entry.Type()&fs.ModeSymlink != 0 {
			return nil // a link to nowhere
		}
		if err != nil {
			return err
		}
		inner := path.Join(name, rel)
		switch {
		case entry.IsDir():
			h := w.header(inner+"/", info.Mode())
			h.Typeflag = tar.TypeDir
			h.ModTime = info.ModTime()
			return w.tar.WriteHeader(h)
		case info.Mode().IsRegular():
			return w.copy(file, inner, info)
		}
		return nil // a socket, a pipe, a device, a link to a folder
	})
}

func (w *packer) copy(file, inner string, info fs.FileInfo) error {
	if w.size += info.Size(); w.foreign && w.size > mountLimit {
		return fmt.Errorf("it holds more than %d MiB: move what is under test to a folder of its own", mountLimit>>20)
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	h := w.header(inner, info.Mode())
	h.Size, h.ModTime = info.Size(), info.ModTime()
	if err := w.tar.WriteHeader(h); err != nil {
		return err
	}
	if _, err := io.CopyN(w.tar, f, info.Size()); err != nil {
		return fmt.Errorf("read %s: %w", file, err)
	}
	return nil
}

// launcher packs the launcher's files.
func (w *packer) launcher() error {
	files, err := launcherFiles.ReadDir("launcher")
	for _, entry := range files {
		data, err := launcherFiles.ReadFile("launcher/" + entry.Name())
		if err != nil {
			return err
		}
		if err := w.file(path.Join(launcherPath, entry.Name()), data); err != nil {
			return err
		}
	}
	return err
}

func (w *packer) file(name string, data []byte) error {
	h := w.header(name, 0)
	h.Size = int64(len(data))
	if err := w.tar.WriteHeader(h); err != nil {
		return err
	}
	_, err := w.tar.Write(data)
	return err
}
