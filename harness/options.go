package harness

import "regexp"

// Option changes how Launch starts Blender. Options are applied in order; of
// two that set the same thing the later wins, and lists are appended to.
type Option func(*settings)

// settings is what the options fill. Strings may hold {port}, {token},
// {scratch}, {dir} and {mount:NAME}.
type settings struct {
	backend  Backend
	keepIn   string
	addons   []addon
	script   string
	args     []string
	flags    []string
	env      map[string]string
	mounts   map[string]string
	port     int
	announce *regexp.Regexp
	token    string
	asPID1   bool
	prepare  []func(dir string) error
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

// Flags are placed before --addons and --python.
func Flags(flags ...string) Option {
	return func(s *settings) { s.flags = append(s.flags, flags...) }
}

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

// AsPID1 makes Blender process 1 of its container, without an init: signals it
// has no handler for are ignored. Only the container backend can do that; on
// others Launch returns an error that wraps ErrMachine.
func AsPID1() Option { return func(s *settings) { s.asPID1 = true } }
