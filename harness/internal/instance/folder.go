package instance

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

const (
	// FolderPrefix stands before the ID in the name of an instance's folder.
	FolderPrefix = "bgcheck-"
	// LogName is the log's file in that folder.
	LogName = "log.txt"
)

// mostRead is the most that is read of one file: an add-on may write there, too.
const mostRead = 256 << 20

// ReadFile reads a file of the instance's folder dir, up to 256 MiB, and none
// outside it.
func ReadFile(dir, rel string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return nil, fmt.Errorf("read %s: it lies outside the instance's folder", rel)
	}
	f, err := regular.Open(filepath.Join(dir, filepath.FromSlash(rel)))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostRead+1))
	if err == nil && len(data) > mostRead {
		return nil, fmt.Errorf("read %s: it holds more than %d MiB", rel, mostRead>>20)
	}
	return data, err
}
