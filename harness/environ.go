package harness

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
)

// addonsVariable names the add-ons that a script enables, which the witness
// watches in case it calls their register() itself.
const addonsVariable = "BGCHECK_ADDONS"

// kept are the user's variables that Blender on this machine may need to start
// at all. Nothing else of the user's environment is passed on.
var kept = []string{"LD_LIBRARY_PATH", "USER", "LOGNAME", "TZ"}

var keptOnWindows = []string{"SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "ProgramData",
	"ProgramFiles", "CommonProgramFiles", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "USERNAME", "OS"}

// localEnv is the environment of every backend for a process on this machine, with the variables of spec
// on top, as sorted NAME=VALUE.
func localEnv(spec *LaunchSpec, executable string) ([]string, error) {
	dir := filepath.ToSlash(spec.Dir)
	env := instance.Env(spec.ID, dir)
	env["PATH"] = searchPath(executable)
	names := kept
	if runtime.GOOS == "windows" {
		names = keptOnWindows
		env["TEMP"], env["TMP"] = env["TMPDIR"], env["TMPDIR"]
		env["USERPROFILE"] = env["HOME"]
		env["APPDATA"] = path.Join(env["HOME"], "AppData/Roaming")
		env["LOCALAPPDATA"] = path.Join(env["HOME"], "AppData/Local")
	}
	for _, name := range names {
		if value, ok := os.LookupEnv(name); ok {
			env[name] = value
		}
	}
	for name, value := range spec.Env {
		value, err := instance.Expand(value, spec.Dir, spec.Mounts)
		if err != nil {
			return nil, err
		}
		env[name] = value
	}
	list := make([]string, 0, len(env))
	for _, name := range slices.Sorted(maps.Keys(env)) {
		list = append(list, name+"="+env[name])
	}
	return list, nil
}

// searchPath is PATH for Blender: the executable's own folder, the system's,
// then the user's. A distribution's Blender takes its Python from PATH; a pyenv
// or a venv that stands first there would take numpy and requests away.
func searchPath(executable string) string {
	folders := []string{filepath.Dir(executable)}
	if real, err := filepath.EvalSymlinks(executable); err == nil {
		folders = []string{filepath.Dir(real), filepath.Dir(executable)}
	}
	if runtime.GOOS != "windows" {
		folders = append(folders, "/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin")
	}
	folders = append(folders, filepath.SplitList(os.Getenv("PATH"))...)
	var once []string
	for _, f := range folders {
		if f != "" && !slices.Contains(once, f) {
			once = append(once, f)
		}
	}
	return strings.Join(once, string(os.PathListSeparator))
}
