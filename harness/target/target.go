package target

// Target is what is under test. A target file is this type in YAML; unknown
// keys are errors, except top-level keys that begin with "x-", which are free
// for YAML anchors. Relative paths are relative to the file's folder.
//
// Placeholders in strings of Env, Launch, Service, Container and the requests:
// {port}, {scratch} (a folder the harness can read), {token} (random, one per
// instance), {target} (the file's folder), {mount:NAME} (see Mounts), {work} (of a
// job, and with Launch.Folder or Launch.Blend: the working folder); in the
// echo request and its reply {message}; in the exec request {code}. In YAML
// they stand in quotes: "{port}". A JSON request that must hold such a word
// literally writes its brace as \u007b.
type Target struct {
	// Name shown in reports; default: the add-on's name, or the file's folder.
	Name string `yaml:"name"`
	// Addon is the folder, single .py file, or zip of the add-on under test.
	// Empty when the script needs none.
	Addon string `yaml:"addon"`
	// Kind of the add-on: "addon" or "extension" (Blender 4.2 and later).
	// Default: extension when it has a blender_manifest.toml and no bl_info.
	Kind string `yaml:"kind" words:"addon,extension"`
	// Module is the name it is enabled by; default: the file's base name, or
	// bl_ext.user_default.ID for an extension. Without addon it is one that comes
	// with Blender.
	Module string `yaml:"module"`
	// Requires lists what must be there before it: other add-ons to install and
	// enable (folders, .py files or zips), and names of Python modules or of
	// Blender's own add-ons, which it must find.
	Requires []string `yaml:"requires"`
	// Bundled lists modules of add-ons that come with Blender, to enable
	// before it, e.g. io_scene_gltf2.
	Bundled []string `yaml:"bundled"`
	// Enable: "flag" enables it with --addons; "script" leaves that to the
	// launch script, and is the default where the script calls addon_enable or
	// addon_utils.enable and names the add-on, or calls the add-on's register().
	Enable string `yaml:"enable" words:"flag,script" default:"flag"`
	// Launch says how the service is started. An add-on without it and without
	// service, ready, echo, exec and stop has no service of its own: it is hosted
	// in bgcheck's.
	Launch Launch `yaml:"launch"`
	// Env is set for Blender; nothing else of the target's is.
	Env map[string]string `yaml:"env"`
	// EnvFile is a file with more of them, a line NAME=VALUE each, as systemd, Docker
	// and shells read it; Env goes before it.
	EnvFile string `yaml:"env_file"`
	// Mounts are folders that Blender can read, by name; {mount:NAME} stands
	// for the folder as Blender sees it.
	Mounts map[string]string `yaml:"mounts"`
	// Container says what is different when Blender runs in a container.
	Container Container `yaml:"container"`
	// Service says how it is spoken to.
	Service Service `yaml:"service"`
	// Job says that it does its work once and ends, and what must come of it.
	Job *Job `yaml:"job"`
	// Worker says that it asks others for work, and how.
	Worker *Worker `yaml:"worker"`
	// Ready is a request that the service answers when it is well; default:
	// Echo, or Exec with the code "pass". It is for services without an echo.
	Ready *Exchange `yaml:"ready"`
	// Echo is a request whose reply must hold what was sent. Default, for
	// tcp-json, tcp-jsonl and stdio when neither Ready nor Exec is given:
	// {"message": "{message}"}.
	Echo *Exchange `yaml:"echo"`
	// Exec is a request that runs Python; {code} stands for the code.
	Exec *Exchange `yaml:"exec"`
	// Stop is a request that ends Blender.
	Stop *Exchange `yaml:"stop"`
	// Config lists settings that must be refused (start/bad-config). Default:
	// what holds {port} is given a word and then 70000 instead. [] for none.
	Config []BadSetting `yaml:"refuses"`
	// Operators are run without a window (addon/operators): each must return
	// FINISHED and have its effect.
	Operators []Operator `yaml:"operators"`
	// Budgets, each with a default.
	Budgets Budgets `yaml:"budgets"`
	// Skip maps a check's name to the reason for skipping it.
	Skip map[string]string `yaml:"skip"`
	// Blender lists the versions it supports, e.g. "3.4", ">=4.2", "<5"; empty:
	// all. Comparisons together are one range; other entries are alternatives.
	Blender []string `yaml:"blender"`

	// Path of the file it was read from (Parse: is meant for), absolute; empty
	// when built in Go.
	Path string `yaml:"-"`
	// Dir is Path's folder; relative paths are relative to it.
	Dir string `yaml:"-"`
	// Notes are remarks of SetDefaults worth showing beside a failure, e.g.
	// that the file never says how the service learns its port.
	Notes []string `yaml:"-"`
}

// Launch says how the service is started. At most one of Script and Start;
// with neither the add-on serves from register().
type Launch struct {
	// Script of the author's, run with --python.
	Script string `yaml:"script"`
	// Args for the script, after "--".
	Args []string `yaml:"args"`
	// Start is a callable "module:function" that our launcher calls, keeping
	// Blender alive with pyaddon's keepalive. "function" alone is one of the
	// add-on's module, ".server:function" one of its submodule server. "register"
	// is for an add-on that serves as soon as it is enabled: it is kept alive, and
	// nothing more is called.
	Start string `yaml:"start"`
	// Step is a callable, written as Start, that is called every 50 ms on the main
	// thread: what runs the work that the add-on's threads have put in a queue.
	Step string `yaml:"step"`
	// AsyncLoop is the add-on's module with kick_async_loop, called by our
	// keepalive every 50 ms; empty: the loop's own selector is waited in.
	// ".async_loop" is a submodule of the add-on's.
	AsyncLoop string `yaml:"async_loop"`
	// Cleanup is a callable, written as Start, run once before the end.
	Cleanup string `yaml:"cleanup"`
	// Flags for Blender, placed before --addons and --python.
	Flags []string `yaml:"flags"`
	// Folder is one in whose copy, {work}, Blender begins: each launch has its own,
	// without .git. Default: the copy's place is an empty one with Blend in it, or a
	// home folder of the launch's own.
	Folder string `yaml:"folder"`
	// Blend is a .blend that Blender opens first: in the copy of Folder when it lies
	// there, otherwise in a copy of its own. A job's is job.blend.
	Blend string `yaml:"blend"`
	// Wrapper is a program, most often a shell script, that is started in Blender's
	// place with Blender's arguments and starts "blender" with them:
	// exec blender "$@". That name is the Blender under test.
	Wrapper string `yaml:"wrapper"`
}

// Container says what is different when Blender runs in a container, where a
// service bound to 127.0.0.1 cannot be reached from outside.
type Container struct {
	// Env is set beside Env and goes before it.
	Env map[string]string `yaml:"env"`
	// Args replace Launch.Args when given.
	Args []string `yaml:"args"`
	// Listens replaces Service.Listens: "loopback" or "any". Default: as
	// Service.Listens.
	Listens string `yaml:"listens" words:"loopback,any"`
}

// Service says how the service is spoken to.
type Service struct {
	// Protocol: tcp-json (one JSON object per connection), tcp-jsonl (JSON
	// lines), tcp-raw, http, websocket (a text message there, and one back), stdio
	// (JSON lines over Blender's own standard input and output), command (a client
	// program) or none, which is the default of a hosted add-on.
	Protocol string `yaml:"protocol" words:"tcp-json,tcp-jsonl,tcp-raw,http,websocket,stdio,command,none" default:"tcp-json"`
	// Port: "reserved" (the harness reserves a free one and passes it as
	// {port}), "announced" (the service is given {port}=0 and says the port in
	// its output), or a fixed number.
	Port string `yaml:"port" words:"reserved,announced" default:"reserved"`
	// Announce is a regular expression with one group, the port, found in a
	// line of output.
	Announce string `yaml:"announce" default:"listening on \\S+:(\\d+)"`
	// Socket is the path of the Unix socket that it listens on in place of a port,
	// e.g. "{scratch}/my.sock"; 107 bytes at most. With every protocol but none;
	// default: a port.
	Socket string `yaml:"socket"`
	// Listens is "loopback" or "any": which addresses it may bind, and with Socket
	// whether other users may connect.
	Listens string `yaml:"listens" words:"loopback,any" default:"loopback"`
	// Command is the client program and its arguments (protocol command); the
	// request is its standard input, its output is the reply.
	Command []string `yaml:"command"`
	// LengthPrefix: each request and reply stands behind its length in bytes, an
	// unsigned integer of that size and byte order: uint32be is Python's struct
	// ">I" and "!I", uint32le "<I". For tcp-json and tcp-raw; default: no length.
	LengthPrefix string `yaml:"length_prefix" words:"uint32be,uint32le,uint16be,uint16le,uint64be,uint64le"`
	// Method of HTTP requests. Default: POST with a body, GET without one.
	Method string `yaml:"method" words:"GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"`
	// Path of HTTP requests and of WebSocket handshakes, with its query.
	Path string `yaml:"path" default:"/"`
	// Headers of HTTP requests and of WebSocket handshakes. Default, of HTTP: a
	// Content-Type that fits the escape.
	Headers map[string]string `yaml:"headers"`
}
