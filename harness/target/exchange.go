package target

import "time"

// Exchange is a request and what its reply must hold. In a target file it is a
// string, sent as it is, or a mapping with these keys.
type Exchange struct {
	// Request is the payload: a string, sent as it is, or a YAML mapping or
	// list, sent as JSON in one line with its keys in the order written. For
	// tcp-json and tcp-jsonl line ends after a string are left out.
	Request string `yaml:"request" unit:"payload"`
	// Escape says how {code} and {message} are written into Request:
	// json (a JSON string with its quotes left out), xml, form, none. Default:
	// what Request looks like: json when it is JSON, xml when it begins with <,
	// form when it is name=value and goes by HTTP, otherwise none.
	Escape string `yaml:"escape" words:"json,xml,form,none"`
	// Reply is text that the reply must contain, after placeholders; empty:
	// any reply will do. For echo the default is {message}.
	Reply string `yaml:"reply"`
	// Method, Path and Headers override the service's (HTTP).
	Method string `yaml:"method" words:"GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"`
	// Path overrides the service's (HTTP, WebSocket); values put into it are escaped for
	// a URL whatever Escape says.
	Path string `yaml:"path"`
	// Headers are set beside the service's and go before them (HTTP,
	// WebSocket).
	Headers map[string]string `yaml:"headers"`
}

// BadSetting is a launch that must be refused: one that ends non-zero with a
// clear message. At least one of its keys is given.
type BadSetting struct {
	// Env replaces variables of the target's Env.
	Env map[string]string `yaml:"env"`
	// Args replaces the target's launch arguments when given.
	Args []string `yaml:"args"`
}

// Budgets are the limits the checks hold the target to. In a target file times
// are written 500ms, 5s, 1m30s; zero in Go means the default.
type Budgets struct {
	// Ready: launch to first answer.
	Ready time.Duration `yaml:"ready" default:"30s"`
	// Job: launch to the end of a job that nobody asks to end.
	Job time.Duration `yaml:"job" default:"2m"`
	// Stop: signal to exit.
	Stop time.Duration `yaml:"stop" default:"5s"`
	// IdleCPU: share of one core in the quiet window; "2%" or 0.02.
	IdleCPU float64 `yaml:"idle_cpu" unit:"share" default:"5%"`
	// Wakeups: voluntary context switches per second in the quiet window.
	Wakeups float64 `yaml:"wakeups" unit:"rate" default:"200"`
	// Latency of one small request.
	Latency time.Duration `yaml:"latency" default:"1s"`
	// Quiet is the length of the quiet window.
	Quiet time.Duration `yaml:"quiet" default:"4s"`
	// Memory growth per 1000 requests, in bytes; a file may say "8MiB".
	Memory int64 `yaml:"memory" unit:"bytes" default:"8MiB"`
}
