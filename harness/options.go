package harness

import "regexp"

// Option changes how Launch starts Blender. Options are applied in order; of
// two that set the same thing the later wins, and lists are appended to.
type Option func(*settings)

// settings is what the options fill. Strings may hold {port}, {token},
// {scratch}, {dir} and {mount:NAME}.
type settings struct {
	backend   Backend
	keepIn    string
	addons    []addon
	script    string
	wrapper   string
	args      []string
	flags     []string
	open      string
	then      []string
	work      bool
	input     Input
	env       map[string]string
	mounts    map[string]string
	port      int
	announce  *regexp.Regexp
	noPort    bool
	token     string
	asPID1    bool
	record    bool
	prepare   []func(dir string) error
	stale     string
	otherForm bool
}

type addon struct {
	path, module string
	enable       bool
}

// ReservePort asks Launch to reserve a free port for the service. The default.
const ReservePort = -1

// On chooses the backend; default: Local().
func On(b Backend) Option { return func(s *settings) { s.backend = b } }

// Addon installs a copy of the add-on at path (folder, .py file or zip) under
// the name module in the instance's own profile, and enables it with --addons
// before any script runs.
func Addon(path, module string) Option {
	return func(s *settings) { s.addons = append(s.addons, addon{path, module, true}) }
}

// AddonDisabled is Addon for an add-on that is not enabled: for one that a
// script enables, or calls the register() of.
func AddonDisabled(path, module string) Option {
	return func(s *settings) { s.addons = append(s.addons, addon{path, module, false}) }
}

// Script is run with --python; args follow "--". A path on the host becomes the
// mount "script", so that it works on every backend; one that starts with a
// placeholder, such as {mount:NAME}/serve.py, is taken as it is.
func Script(path string, args ...string) Option {
	return func(s *settings) { s.script, s.args = path, args }
}

// Wrapper is started in Blender's place, with Blender's arguments, and finds the
// Blender that it is to start as "blender" in PATH; {mount:NAME}/FILE as Blender sees it.
func Wrapper(path string) Option { return func(s *settings) { s.wrapper = path } }

// Flags are placed before --addons and --python.
func Flags(flags ...string) Option {
	return func(s *settings) { s.flags = append(s.flags, flags...) }
}

// Open is a .blend that Blender opens first, before any script runs and any add-on
// is enabled; a path on the host must be one of {dir} or {mount:NAME}.
func Open(blend string) Option { return func(s *settings) { s.open = blend } }

// Then are options of Blender's behind the script, such as -f 1 or --python-expr:
// Blender obeys them in their order.
func Then(options ...string) Option {
	return func(s *settings) { s.then = append(s.then, options...) }
}

// Work makes {dir}/job and has Blender begin in it. Default: home/.
func Work() Option { return func(s *settings) { s.work = true } }

// Input is what Blender finds on its standard input.
type Input string

// The kinds of input.
const (
	InputAtEnd  Input = ""       // open, and at its end: /dev/null
	InputClosed Input = "closed" // no descriptor 0 at all, as under some daemons
	InputSilent Input = "silent" // open, and nobody ever writes, as under an ssh or a CI that keeps it
	InputWire   Input = "wire"   // the harness's, and so is standard output: see Blender.Stdio
)

// Stdin chooses what is on standard input; default: InputAtEnd.
func Stdin(in Input) Option { return func(s *settings) { s.input = in } }

// Env sets a variable for Blender.
func Env(name, value string) Option {
	return func(s *settings) {
		if s.env == nil {
			s.env = map[string]string{}
		}
		s.env[name] = value
	}
}

// Mount makes a host folder readable for Blender as {mount:name}.
func Mount(name, folder string) Option {
	return func(s *settings) {
		if s.mounts == nil {
			s.mounts = map[string]string{}
		}
		s.mounts[name] = folder
	}
}

// Port is the port the service is given as {port}: a number, ReservePort, or 0
// together with Announced.
func Port(port int) Option { return func(s *settings) { s.port = port } }

// Announced passes {port}=0 and reads the real port from the first group of
// pattern in a line of output.
func Announced(pattern *regexp.Regexp) Option {
	return func(s *settings) { s.port, s.announce = 0, pattern }
}

// NoPort says that the service listens on no TCP port, so that none is looked for
// where it does not answer. {port} is still a free one, and so a number that no
// other instance has.
func NoPort() Option { return func(s *settings) { s.noPort = true } }

// Token is the text for {token}; default: 32 random hex digits.
func Token(token string) Option { return func(s *settings) { s.token = token } }

// KeepIn makes the instance's folder below this one and keeps it after Close: for
// artefacts. Default: below the system's temporary folder, and Close removes it.
func KeepIn(folder string) Option { return func(s *settings) { s.keepIn = folder } }

// Prepare calls f with the instance's folder on the host, after all else is in
// place and before Blender starts. An error ends Launch.
func Prepare(f func(dir string) error) Option {
	return func(s *settings) { s.prepare = append(s.prepare, f) }
}

// StaleSocket leaves the file of a Unix socket on which nobody listens at path
// before Blender starts, as a service does that was killed.
func StaleSocket(path string) Option { return func(s *settings) { s.stale = path } }

// Record has pyaddon's recorder run behind the witness: it writes down in the scratch
// folder's witness.jsonl what the script does with timers, threads, sockets, signals
// and its own end. It is for lives in which a cause is looked for, not measured.
func Record() Option { return func(s *settings) { s.record = true } }

// AsPID1 makes Blender process 1 of its container, without an init: signals it
// has no handler for are ignored. Only the container backend can do that; on
// others Launch returns an error that wraps ErrMachine.
func AsPID1() Option { return func(s *settings) { s.asPID1 = true } }
