package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
	"github.com/bgcheck/bgcheck/harness/internal/owner"
	"github.com/bgcheck/bgcheck/harness/internal/supervise"
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
	// The supervisor makes the folder, so that nothing is left when we are killed.
	id := owner.NewID()
	home := owner.TempName(id)
	order := supervise.Order{Path: path, Args: []string{path, "--version"}, Dir: home, Remove: home,
		Env: []string{"HOME=" + home, "TMPDIR=" + home, "LANG=C.UTF-8", "PATH=" + searchPath(path), instance.Variable + "=" + id}}
	for _, name := range append(kept, keptOnWindows...) {
		if value, ok := os.LookupEnv(name); ok {
			order.Env = append(order.Env, name+"="+value)
		}
	}
	var output bytes.Buffer
	p, err := supervise.Start(ctx, id, order, &output)
	if err != nil {
		_ = os.RemoveAll(home)
		return Info{}, machinef("ask %s for its version: %w", path, err)
	}
	defer func() {
		_ = os.RemoveAll(home)
		_ = p.Close()
	}()
	select {
	case <-p.Done():
	case <-ctx.Done():
		_ = p.Kill(context.WithoutCancel(ctx))
		<-p.Done()
		return Info{}, machinef("ask %s for its version: %w", path, context.Cause(ctx))
	}
	err = ended(p.End())
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

// ended is an error for a program that did not exit 0.
func ended(end supervise.End) error {
	switch {
	case end.Err != nil:
		return end.Err
	case end.Signal != nil:
		return fmt.Errorf("signal: %v", end.Signal)
	case end.Code != 0:
		return fmt.Errorf("exit status %d", end.Code)
	}
	return nil
}
