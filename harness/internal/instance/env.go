package instance

import "path"

// Variable marks every process of an instance: its value is the instance's ID.
// What a killed harness left behind is found by it.
const Variable = "BGCHECK_INSTANCE"

// Env is the environment every Blender gets, on every backend, for an
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
func Env(id, dir string) map[string]string {
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
		Variable:                  id,
		"BGCHECK_WITNESS":         path.Join(dir, "scratch/witness.jsonl"),
	}
	return env
}
