package setup

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Settings say what to check, where, and where the report goes. Fill it by
// Flags.Resolve, or by hand; a path in it is absolute.
type Settings struct {
	// Target is the path of the target file, or of its folder.
	Target string
	// Out is the folder of the report.
	Out string
	// Backend is a registered name, such as "local".
	Backend string
	// Blender is what the backend makes of it: for local a path, or a name in
	// PATH; empty for the backend's own default.
	Blender string
	// Address (host:port) and PID are of a Blender that already runs, for the
	// backend attach; PID is 0 when it is not known.
	Address string
	PID     int
	// Thorough: what takes longer is looked at as well.
	Thorough bool
	// Base is the folder that relative paths started from.
	Base string
}

// Flags are settings as they were given, before they are resolved: by the flags
// of AddFlags, or by hand. An empty one was not given.
type Flags struct {
	Target, Out, Backend, Blender, Address, PID string
}

// AddFlags defines -target, -out, -backend, -blender, -address and -pid in set.
func AddFlags(set *flag.FlagSet) *Flags {
	f := &Flags{}
	set.StringVar(&f.Target, "target", "", "target `file` (bgcheck.yaml) that says what is checked; or BGCHECK_TARGET")
	set.StringVar(&f.Out, "out", "", "`folder` for the report (default out/); or BGCHECK_OUT")
	set.StringVar(&f.Backend, "backend", "", "where Blender runs (default local); or BGCHECK_BACKEND")
	set.StringVar(&f.Blender, "blender", "", "the Blender to run: a `path`, or a name in PATH (default blender); or BGCHECK_BLENDER")
	set.StringVar(&f.Address, "address", "", "`host:port` of a Blender that already runs (backend attach); or BGCHECK_ADDRESS")
	set.StringVar(&f.PID, "pid", "", "process `id` of that Blender, where it is on this machine; or BGCHECK_PID")
	return f
}

// Resolve applies the environment and the defaults. Relative paths start from
// base. It fails when there is no target file to be found.
func (f *Flags) Resolve(base string) (Settings, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return Settings{}, fmt.Errorf("find folder: %w", err)
	}
	pick := func(value, variable string) string {
		if value != "" {
			return value
		}
		return os.Getenv(variable)
	}
	here, err := os.Getwd()
	if err != nil {
		return Settings{}, fmt.Errorf("find folder: %w", err)
	}
	root := ModuleRoot(here)
	s := Settings{
		Target:  from(base, pick(f.Target, "BGCHECK_TARGET")),
		Out:     from(base, pick(f.Out, "BGCHECK_OUT")),
		Backend: pick(f.Backend, "BGCHECK_BACKEND"),
		Blender: pick(f.Blender, "BGCHECK_BLENDER"),
		Address: pick(f.Address, "BGCHECK_ADDRESS"),
		Base:    base,

		Thorough: os.Getenv("BGCHECK_THOROUGH") == "1",
	}
	if strings.ContainsAny(s.Blender, `/\`) && s.Backend != "container" {
		s.Blender = from(base, s.Blender)
	}
	if s.Backend == "" {
		s.Backend = "local"
	}
	if s.Out == "" {
		s.Out = filepath.Join(root, "out")
	}
	if text := pick(f.PID, "BGCHECK_PID"); text != "" {
		if s.PID, err = strconv.Atoi(text); err != nil || s.PID <= 0 {
			return s, fmt.Errorf("%q is no process id (--pid, BGCHECK_PID)", text)
		}
	}
	if s.Target == "" {
		if s.Target = defaultTarget(here, root); s.Target == "" {
			return s, fmt.Errorf("%w: there is no bgcheck.yaml in %s; write one, or name it by --target or BGCHECK_TARGET", ErrNoTarget, span(here, root))
		}
	}
	return s, nil
}

// ErrNoTarget says that no target was named and none was found. What else is
// resolved stands.
var ErrNoTarget = errors.New("no target file")

// from makes path absolute; an empty one stays empty.
func from(base, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(base, path)
}

func span(here, root string) string {
	if here == root {
		return here
	}
	return fmt.Sprintf("%s, nor above it up to %s", here, root)
}

// ownModule is the module that holds the reference add-on.
const ownModule = "github.com/bgcheck/bgcheck"

// defaultTarget is the nearest bgcheck.yaml from here up to root, or the
// reference add-on's in bgcheck's own repository, or "".
func defaultTarget(here, root string) string {
	for dir := here; ; dir = filepath.Dir(dir) {
		if path := filepath.Join(dir, "bgcheck.yaml"); isFile(path) {
			return path
		}
		if dir == root || dir == filepath.Dir(dir) {
			break
		}
	}
	if path := filepath.Join(root, "pyaddon", "bgcheck.yaml"); moduleName(root) == ownModule && isFile(path) {
		return path
	}
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// ModuleRoot is the folder of the go.mod that dir belongs to, or dir itself
// when there is none.
func ModuleRoot(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if isFile(filepath.Join(at, "go.mod")) {
			return at
		}
		if at == filepath.Dir(at) {
			return dir
		}
	}
}

// moduleName reads the module's path from root's go.mod.
func moduleName(root string) string {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(data)) {
		if fields := strings.Fields(line); len(fields) >= 2 && fields[0] == "module" {
			return strings.Trim(fields[1], `"`)
		}
	}
	return ""
}

// Invocation is the folder in which the command was given that started this
// test binary. Both ginkgo and go test run it in its package's folder; theirs
// is the parent's. Where the system does not tell that, it is the module's root.
func Invocation() string {
	if dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", os.Getppid())); err == nil && filepath.IsAbs(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() {
			return dir
		}
	}
	here, err := os.Getwd()
	if err != nil {
		return "."
	}
	return ModuleRoot(here)
}
