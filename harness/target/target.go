// Package target holds what is under test: an add-on, how it is launched, how
// it is spoken to, its budgets. It is read from a file, bgcheck.yaml.
package target

import "time"

// Target is what is under test. A target file is this type in YAML; unknown
// keys are errors. Relative paths are relative to the file's folder.
//
// Placeholders in strings of Launch, Env, Service and the requests:
// {port}, {scratch} (a folder the harness can read), {token} (random, one per
// instance), {target} (the file's folder); in the echo request and reply
// {message}; in the exec request {code}.
type Target struct {
	// Name shown in reports; default: the add-on's name, or the file's folder.
	Name string `yaml:"name"`
	// Addon is the folder, single .py file, or zip of the add-on under test.
	// Empty when the script needs none.
	Addon string `yaml:"addon"`
	// Module is the name it is enabled by; default: the file's base name, or
	// bl_ext.user_default.ID for an extension.
	Module string `yaml:"module"`
	// Requires lists other add-ons to install and enable before it.
	Requires []string `yaml:"requires"`
	// Enable: "flag" (default) enables it with --addons; "script" leaves that
	// to the launch script.
	Enable string `yaml:"enable"`
	// Launch says how the service is started.
	Launch Launch `yaml:"launch"`
	// Env is set for Blender.
	Env map[string]string `yaml:"env"`
	// Service says how it is spoken to.
	Service Service `yaml:"service"`
	// Echo is a request whose reply must hold what was sent.
	Echo *Exchange `yaml:"echo"`
	// Exec is a request that runs Python; {code} stands for the code.
	Exec *Exchange `yaml:"exec"`
	// Stop is a request that ends Blender.
	Stop *Exchange `yaml:"stop"`
	// Config lists settings that must be refused (start/bad-config).
	Config []BadSetting `yaml:"refuses"`
	// Budgets, each with a default.
	Budgets Budgets `yaml:"budgets"`
	// Skip maps a check's name to the reason for skipping it.
	Skip map[string]string `yaml:"skip"`
	// Blender lists the versions it supports, e.g. "3.4", ">=4.2"; empty: all.
	Blender []string `yaml:"blender"`

	// Path of the file it was read from, absolute; empty when built in Go.
	Path string `yaml:"-"`
	// Dir is Path's folder; relative paths are relative to it.
	Dir string `yaml:"-"`
}

// Launch says how the service is started. Exactly one of Script, Start and
// neither (the add-on serves from register()).
type Launch struct {
	// Script of the author's, run with --python.
	Script string `yaml:"script"`
	// Args for the script, after "--".
	Args []string `yaml:"args"`
	// Start is a callable "module:function" that our launcher calls, keeping
	// Blender alive with pyaddon's keepalive.
	Start string `yaml:"start"`
	// AsyncLoop is the add-on's module with kick_async_loop, driven by our
	// keepalive in the seeds' way; empty: the loop's own selector is waited in.
	AsyncLoop string `yaml:"async_loop"`
	// Cleanup is a callable "module:function" run once before the end.
	Cleanup string `yaml:"cleanup"`
	// Flags for Blender, placed before --addons and --python.
	Flags []string `yaml:"flags"`
}

// Service says how the service is spoken to.
type Service struct {
	// Protocol: tcp-json, tcp-jsonl, tcp-raw, http, command or none.
	Protocol string `yaml:"protocol"`
	// Port: "reserved" (default: the harness reserves a free one and passes it
	// as {port}), "announced" (the service is given {port}=0 and says the port
	// in its output), or a fixed number.
	Port string `yaml:"port"`
	// Announce is a regular expression with one group, the port, found in a
	// line of output; default: `listening on \S+:(\d+)`.
	Announce string `yaml:"announce"`
	// Listens is "loopback" (default) or "any": which addresses it may bind.
	Listens string `yaml:"listens"`
	// Command is the client program and its arguments (protocol command); the
	// request is its standard input, its output is the reply.
	Command []string `yaml:"command"`
	// Method, Path and Headers are the defaults of HTTP requests.
	Method  string            `yaml:"method"`
	Path    string            `yaml:"path"`
	Headers map[string]string `yaml:"headers"`
}

// Exchange is a request and what its reply must hold.
type Exchange struct {
	// Request is the payload as text. Placeholders are replaced.
	Request string `yaml:"request"`
	// Escape says how {code} and {message} are written into Request:
	// json (default: a JSON string with its quotes left out), xml, form, none.
	Escape string `yaml:"escape"`
	// Reply is text that the reply must contain, after placeholders; empty:
	// any reply will do. For echo the default is {message}.
	Reply string `yaml:"reply"`
	// Method, Path and Headers override the service's (HTTP).
	Method  string            `yaml:"method"`
	Path    string            `yaml:"path"`
	Headers map[string]string `yaml:"headers"`
}

// BadSetting is a launch that must be refused.
type BadSetting struct {
	// Env replaces variables of the target's Env.
	Env map[string]string `yaml:"env"`
	// Args replaces the target's launch arguments when not nil.
	Args []string `yaml:"args"`
}

// Budgets are the limits the checks hold the target to.
type Budgets struct {
	// Ready: launch to first answer. Default 30s.
	Ready time.Duration `yaml:"ready"`
	// Stop: signal to exit. Default 5s.
	Stop time.Duration `yaml:"stop"`
	// IdleCPU: share of one core in the quiet window. Default 0.02; a file may say "2%".
	IdleCPU float64 `yaml:"idle_cpu"`
	// Wakeups: voluntary context switches per second. Default 200.
	Wakeups float64 `yaml:"wakeups"`
	// Latency of one small request. Default 1s.
	Latency time.Duration `yaml:"latency"`
	// Quiet is the length of the quiet window. Default 4s.
	Quiet time.Duration `yaml:"quiet"`
	// Memory growth per 1000 requests, in bytes. Default 8 MiB; a file may say "8MiB".
	Memory int64 `yaml:"memory"`
}
