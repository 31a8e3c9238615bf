package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"time"
)

var versionLine = regexp.MustCompile(`(?m)^Blender (\d+\.\d+(?:\.\d+)?)\b`)

// infoKey names one state of one executable.
type infoKey struct {
	path     string
	modified time.Time
	size     int64
}

var infos sync.Map // infoKey to Info

// Info runs "blender --version", once for each state of the file.
func (l local) Info(ctx context.Context) (Info, error) {
	path, err := findExecutable(l.executable)
	if err != nil {
		return Info{}, err
	}
	file, err := os.Stat(path)
	if err != nil {
		return Info{}, machinef("find Blender: %w", err)
	}
	key := infoKey{path, file.ModTime(), file.Size()}
	if info, ok := infos.Load(key); ok {
		return info.(Info), nil
	}
	home, err := os.MkdirTemp("", "bgcheck-version-")
	if err != nil {
		return Info{}, machinef("ask %s for its version: %w", path, err)
	}
	defer func() { _ = os.RemoveAll(home) }()

	var output bytes.Buffer
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Dir = home
	cmd.Env = []string{"HOME=" + home, "TMPDIR=" + home, "LANG=C.UTF-8", "PATH=" + searchPath(path)}
	for _, name := range append(kept, keptOnWindows...) {
		if value, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.WaitDelay = time.Second // a child of its that holds the pipe
	err = cmd.Run()
	if ctx.Err() != nil {
		return Info{}, machinef("ask %s for its version: %w", path, context.Cause(ctx))
	}
	m := versionLine.FindSubmatch(output.Bytes())
	if m == nil {
		said, _, _ := strings.Cut(strings.TrimSpace(output.String()), "\n")
		if said = fmt.Sprintf("%.100q", said); said == `""` {
			said = "nothing"
		}
		if err == nil {
			err = errors.New("exit status 0")
		}
		return Info{}, machinef("ask %s for its version: it printed %s and not \"Blender X.Y.Z\" (%w); set %s=/path/to/blender",
			path, said, err, ExecutableVariable)
	}
	info := Info{Version: string(m[1]), Path: path}
	infos.Store(key, info)
	return info, nil
}
