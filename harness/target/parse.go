package target

import (
	"fmt"
	"path/filepath"
)

// Parse is Load for a text that is not, or not yet, in the file at path: a
// draft. Paths in it are relative to that file's folder.
func Parse(path string, text []byte) (*Target, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find folder of target file: %w", err)
	}
	t, err := parse(path, text, filepath.Dir(absolute))
	if err != nil {
		return nil, err
	}
	t.Path = absolute
	t.SetDefaults()
	return t, nil
}
