package instance

import (
	"fmt"
	"os"
	"path/filepath"
)

const (
	// FolderPrefix stands before the ID in the name of an instance's folder.
	FolderPrefix = "bgcheck-"
	// LogName is the log's file in that folder.
	LogName = "log.txt"
)

// ReadFile reads a file of the instance's folder dir, and none outside it.
func ReadFile(dir, rel string) ([]byte, error) {
	if !filepath.IsLocal(filepath.FromSlash(rel)) {
		return nil, fmt.Errorf("read %s: it lies outside the instance's folder", rel)
	}
	return os.ReadFile(filepath.Join(dir, filepath.FromSlash(rel)))
}
