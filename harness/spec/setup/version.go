package setup

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/official"
)

// Versions are the Blender versions of a list such as "3.6,4.2,4.5"; nil for a text
// that is no list of two or more.
func Versions(text string) []string {
	list := strings.Split(text, ",")
	if len(list) < 2 {
		return nil
	}
	for i, one := range list {
		if list[i] = strings.TrimSpace(one); !official.IsVersion(list[i]) {
			return nil
		}
	}
	return list
}

// Fetch has the Blender that the settings name by its version alone, such as 4.5: from
// the cache, or from where Blender's makers offer it. Everything else stays as it
// is: a path, a program in PATH, the version of a container's image. progress is told
// what is fetched. An error is the machine's.
func (s *Settings) Fetch(ctx context.Context, progress io.Writer) error {
	if s.Backend != "local" && s.Backend != "window" {
		return nil
	}
	if list := Versions(s.Blender); list != nil {
		return fmt.Errorf("%q are %d versions, and one Blender can be used here: see bgcheck check --help", s.Blender, len(list))
	}
	if !official.IsVersion(s.Blender) {
		return nil
	}
	if _, err := exec.LookPath(s.Blender); err == nil {
		return nil
	}
	path, err := official.Get(ctx, official.Request{Version: s.Blender, Progress: progress})
	if err == nil {
		s.Blender = path
	}
	return err
}
