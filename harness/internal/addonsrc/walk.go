package addonsrc

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// NoPart says whether a file or folder of an add-on's is no part of it: caches,
// git's folder, what macOS adds, and what bgcheck itself wrote there (an out
// folder, an instance's folder), which would be copied into itself.
func NoPart(tree fs.FS, name string) bool {
	switch base := path.Base(name); {
	case base == "__pycache__", base == ".git", base == "__MACOSX", base == ".DS_Store":
		return true
	case strings.HasPrefix(base, "bgcheck-"):
		return isFile(tree, path.Join(name, "run", "witness.py"))
	default:
		return isFile(tree, path.Join(name, "runs", "latest"))
	}
}

func isFile(tree fs.FS, name string) bool {
	info, err := fs.Stat(tree, name)
	return err == nil && info.Mode().IsRegular()
}

// Limits of an archive. The add-ons that people give away unpack to a few MiB, some
// with pictures to a few hundred; deflate makes at most a thousandth of zeros.
const (
	mostFiles  = 100_000
	mostBytes  = 4 << 30
	fewBytes   = 256 << 20 // harmless however it is packed
	mostPacked = 100       // times as much as the archive
)

// ZipBomb is an error for an archive, size bytes long, that would fill a disk;
// nil for all others.
func ZipBomb(archive *zip.Reader, size int64) error {
	if n := len(archive.File); n > mostFiles {
		return fmt.Errorf("it holds %d entries: more than %d are not unpacked", n, mostFiles)
	}
	var all uint64
	for _, f := range archive.File {
		all += f.UncompressedSize64
		if f.UncompressedSize64 > mostBytes || all > mostBytes || all > fewBytes && all > uint64(size)*mostPacked {
			return fmt.Errorf("it would unpack to %d MiB or more from %d KiB: that is no add-on, and is not unpacked", all>>20, size>>10)
		}
	}
	return nil
}
