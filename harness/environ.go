package harness

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// BaseEnv is the environment every Blender gets, on every backend, for an
// instance whose folder the process sees as dir (with forward slashes in a
// container). It keeps Blender and Python away from the user's own profile:
//
//	HOME                        dir/home
//	TMPDIR                      dir/tmp (crash logs go there)
//	XDG_CONFIG_HOME and others  below dir/home
//	BLENDER_USER_CONFIG, _SCRIPTS, _DATAFILES, _EXTENSIONS   dir/profile/...
//	LANG                        C.UTF-8
//	BGCHECK_INSTANCE            id, the mark by which left-overs are found
//	BGCHECK_WITNESS             dir/scratch/witness.jsonl
//
// It has no PATH, which is the backend's to choose, and no DISPLAY, WAYLAND_DISPLAY,
// XDG_RUNTIME_DIR or PYTHON* variable, whatever the user has set.
func BaseEnv(id, dir string) map[string]string {
	env := map[string]string{
		"HOME":                    path.Join(dir, "home"),
		"TMPDIR":                  path.Join(dir, "tmp"),
		"XDG_CONFIG_HOME":         path.Join(dir, "home/.config"),
		"XDG_CACHE_HOME":          path.Join(dir, "home/.cache"),
		"XDG_DATA_HOME":           path.Join(dir, "home/.local/share"),
		"XDG_STATE_HOME":          path.Join(dir, "home/.local/state"),
		"BLENDER_USER_CONFIG":     path.Join(dir, "profile/config"),
		"BLENDER_USER_SCRIPTS":    path.Join(dir, "profile/scripts"),
		"BLENDER_USER_DATAFILES":  path.Join(dir, "profile/datafiles"),
		"BLENDER_USER_EXTENSIONS": path.Join(dir, "profile/extensions"),
		"LANG":                    "C.UTF-8",
		InstanceVariable:          id,
		witnessVariable:           path.Join(dir, "scratch/witness.jsonl"),
	}
	return env
}

const (
	witnessVariable = "BGCHECK_WITNESS"
	// addonsVariable names the add-ons that a script enables, which the witness
	// watches in case it calls their register() itself.
	addonsVariable = "BGCHECK_ADDONS"
)

// kept are the user's variables that Blender on this machine may need to start
// at all. Nothing else of the user's environment is passed on.
var kept = []string{"LD_LIBRARY_PATH", "USER", "LOGNAME", "TZ"}

var keptOnWindows = []string{"SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "ProgramData",
	"ProgramFiles", "CommonProgramFiles", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "USERNAME", "OS"}

// localEnv is BaseEnv for a process on this machine, with the variables of spec
// on top, as sorted NAME=VALUE.
func localEnv(spec *Spec, executable string) ([]string, error) {
	dir := filepath.ToSlash(spec.Dir)
	env := BaseEnv(spec.ID, dir)
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
		value, err := Expand(value, spec.Dir, spec.Mounts)
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
