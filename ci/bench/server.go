package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
)

// server is one thing to measure.
type server struct {
	name, what string
	options    []harness.Option
	keeps      bool // connections open for further lines
	slow       bool // answers in tens of milliseconds: few requests a round
	end        bool // serves nothing: its end is what is measured
	reached    bool // serves nothing: its line of output is
}

var announcement = regexp.MustCompile(`listening on \S+:(\d+)`)

// site is the folder of add-ons and scripts that all launches share.
type site struct{ dir, python string }

// newSite copies what is needed out of the repository at root.
func newSite(root, python string) (*site, error) {
	dir, err := os.MkdirTemp("", "bgcheck-bench-")
	if err != nil {
		return nil, fmt.Errorf("make the benchmark's folder: %w", err)
	}
	s := &site{dir, python}
	for to, from := range map[string]string{
		"scripts/addons/tcp_echo":  "pyaddon/tcp_echo",
		"scripts/addons/seed_echo": "fixtures/lib/seed_echo",
		"run":                      "pyaddon",
		"seeds10":                  "fixtures/right/seeds-10ms",
		"seeds50":                  "fixtures/right/seeds-50ms",
		"bench":                    "fixtures/bench",
	} {
		if err := copyScripts(filepath.Join(root, from), filepath.Join(dir, to)); err != nil {
			s.remove()
			return nil, fmt.Errorf("fill the benchmark's folder: %w", err)
		}
	}
	return s, nil
}

func (s *site) remove() { _ = os.RemoveAll(s.dir) }

// copyScripts copies the .py files of one folder, without those below it.
func copyScripts(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "*.py"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("there is no .py file in %s; run this in bgcheck's repository", from)
	}
	if err == nil {
		err = os.MkdirAll(to, 0o755)
	}
	for _, file := range files {
		var data []byte
		if err == nil {
			data, err = os.ReadFile(file)
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(file)), data, 0o644)
		}
	}
	return err
}

// servers lists all, in the order of the table's columns.
func (s *site) servers(blender harness.Backend) []server {
	bare := edited{blender, withoutWitness}
	in := func(backend harness.Backend, more ...harness.Option) []harness.Option {
		return append([]harness.Option{
			harness.On(backend), harness.Mount("site", s.dir), harness.Announced(announcement),
			harness.Env("BLENDER_USER_SCRIPTS", "{mount:site}/scripts"),
			harness.Env("BLENDER_HTTP_ECHO_PORT", "0"),
		}, more...)
	}
	reference := []harness.Option{harness.Flags("--addons", "tcp_echo"),
		harness.Script("{mount:site}/run/launch.py", "--addon", "tcp_echo",
			"--start", "tcp_echo:start_server_from_script", "--cleanup", "tcp_echo:cleanup_server")}
	return []server{
		{name: Limit, what: "plain Python, asyncio streams: the limit", options: in(s.plain(), harness.Script("{mount:site}/bench/plain_streams.py"))},
		{name: Protocol, what: "plain Python, bare asyncio.Protocol", keeps: true, options: in(s.plain(), harness.Script("{mount:site}/bench/plain_protocol.py"))},
		{name: Reference, what: "Blender, tcp_echo under keepalive", keeps: true, options: in(bare, reference...)},
		{name: Blocking, what: "Blender, a blocking accept loop", options: in(bare, harness.Script("{mount:site}/bench/blocking.py"))},
		{name: Seeds10, what: "Blender, the seeds' pattern, 10 ms", slow: true, options: in(bare, harness.Script("{mount:site}/seeds10/launch.py"))},
		{name: Seeds50, what: "Blender, the seeds' pattern, 50 ms", slow: true, options: in(bare,
			harness.Flags("--addons", "seed_echo"), harness.Script("{mount:site}/seeds50/launch.py"))},
		{name: BareEnd, what: "Blender, an empty script, to its end", end: true, options: in(bare, harness.Script("{mount:site}/bench/empty.py"))},
		{name: BareStart, what: "Blender, a script of one line, to that line", reached: true, options: in(bare, harness.Script("{mount:site}/bench/reached.py"))},
		{name: Witnessed, what: "Blender, tcp_echo with the harness's witness", options: in(blender, reference...)},
	}
}

// plain runs a script in Python without Blender, under the same supervisor.
func (s *site) plain() harness.Backend { return edited{harness.Local(s.python), scriptAlone} }

// edited is a backend that gets other arguments than Launch has made.
type edited struct {
	harness.Backend
	edit func([]string) []string
}

// Start implements harness.Backend.
func (e edited) Start(ctx context.Context, spec *harness.LaunchSpec) (harness.Process, error) {
	changed := *spec
	changed.Args = e.edit(spec.Args)
	return e.Backend.Start(ctx, &changed)
}

// withoutWitness takes the witness out of Blender's arguments.
func withoutWitness(args []string) []string {
	for i, arg := range args {
		if arg == "--python" && i+1 < len(args) && strings.HasSuffix(args[i+1], "/witness.py") {
			return slices.Delete(slices.Clone(args), i, i+2)
		}
	}
	return args
}

// scriptAlone makes Python's arguments of Blender's: the script and its own.
func scriptAlone(args []string) []string {
	own := slices.Index(args, "--")
	if own < 0 {
		own = len(args)
	}
	return append([]string{args[own-1]}, args[min(own+1, len(args)):]...)
}
