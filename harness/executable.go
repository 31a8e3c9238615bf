package harness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// ExecutableVariable names the Blender to use where none is given.
const ExecutableVariable = "BGCHECK_BLENDER"

const remedy = "install it (apt-get install blender) or set " + ExecutableVariable + "=/path/to/blender"

// findExecutable resolves a name or path to the absolute path of something that
// can be run. Its errors are one line: what was looked for, where, the remedy.
func findExecutable(given string) (string, error) {
	asked := "Blender"
	switch {
	case given != "":
		asked = fmt.Sprintf("Blender %q", given)
	case os.Getenv(ExecutableVariable) != "":
		given = os.Getenv(ExecutableVariable)
		asked = fmt.Sprintf("Blender %q (from %s)", given, ExecutableVariable)
	default:
		given = "blender"
	}
	if !strings.ContainsAny(given, `/\`) {
		path, err := exec.LookPath(given)
		if err != nil && !errors.Is(err, exec.ErrDot) {
			return "", machinef("find %s: no %q in PATH (%s); %s", asked, given, os.Getenv("PATH"), remedy)
		}
		given = path
	}
	path, err := filepath.Abs(given)
	if err != nil {
		return "", machinef("find %s: %w", asked, err)
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", machinef("find %s: there is no file %s; %s", asked, path, remedy)
	case err != nil:
		return "", machinef("find %s: %w; %s", asked, err, remedy)
	case info.IsDir():
		return "", machinef("find %s: %s is a folder; name the executable in it, such as %s",
			asked, path, filepath.Join(path, "blender"))
	case runtime.GOOS != "windows" && info.Mode()&0o111 == 0:
		return "", machinef("find %s: %s is not executable; make it so (chmod +x) or set %s=/path/to/blender",
			asked, path, ExecutableVariable)
	}
	return path, nil
}
