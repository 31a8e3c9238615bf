package target

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// SetDefaults fills in what is empty. Load has done so; a target built in Go
// calls it, or leaves that to contract.Open. It may be called twice.
func (t *Target) SetDefaults() {
	t.nameDefaults()
	t.envDefaults()
	if t.Enable == "" && t.scriptEnables() {
		t.Enable = "script"
	}
	setTagged(reflect.ValueOf(&t.Enable).Elem(), tagOf(t, "Enable"))
	s := &t.Service
	if t.Hosted() || t.IsJob() {
		s.Protocol = "none"
	}
	if t.Worker != nil {
		s.Protocol = ProtocolWorker
		t.workerDefaults()
	}
	setTagged(reflect.ValueOf(&s.Protocol).Elem(), tagOf(s, "Protocol"))
	setTagged(reflect.ValueOf(&s.Port).Elem(), tagOf(s, "Port"))
	setTagged(reflect.ValueOf(&s.Listens).Elem(), tagOf(s, "Listens"))
	if s.Port == "announced" {
		setTagged(reflect.ValueOf(&s.Announce).Elem(), tagOf(s, "Announce"))
	}
	if s.Protocol == "http" || s.Protocol == "websocket" {
		setTagged(reflect.ValueOf(&s.Path).Elem(), tagOf(s, "Path"))
	}
	if t.Container.Listens == "" {
		t.Container.Listens = s.Listens
	}
	t.portDefaults()
	t.exchangeDefaults()
	for i := range t.Operators {
		setTagged(reflect.ValueOf(&t.Operators[i].In).Elem(), tagOf(&t.Operators[i], "In"))
	}
	if t.Job != nil {
		for i := range t.Job.Files {
			setTagged(reflect.ValueOf(&t.Job.Files[i].Least).Elem(), tagOf(&t.Job.Files[i], "Least"))
		}
	}
	budgets := reflect.ValueOf(&t.Budgets).Elem()
	for i := range budgets.NumField() {
		setTagged(budgets.Field(i), budgets.Type().Field(i).Tag)
	}
}

// workerDefaults completes how it is given work.
func (t *Target) workerDefaults() {
	for _, one := range []any{t.Worker, t.Worker.HTTP} {
		v := reflect.ValueOf(one)
		if v.IsNil() {
			continue
		}
		for i := range v.Elem().NumField() {
			setTagged(v.Elem().Field(i), v.Elem().Type().Field(i).Tag)
		}
	}
	if t.Worker.Long == "" {
		t.Worker.Long = t.Worker.Job
	}
}

// nameDefaults finds the module, and the full names of callables in it.
func (t *Target) nameDefaults() {
	if t.Addon != "" {
		facts := addonsrc.Read(t.Resolve(t.Addon))
		extension := t.IsExtension()
		if t.Module == "" {
			t.Module = facts.Module(extension)
		}
		if t.Kind == "" {
			t.Kind = map[bool]string{true: "extension", false: "addon"}[extension]
		}
		if t.Name == "" {
			t.Name = strings.TrimPrefix(t.Module, addonsrc.ExtensionPrefix)
		}
	}
	if t.Name == "" && t.Brought() {
		t.Name = t.Module
	}
	if t.Name == "" && t.Dir != "" {
		t.Name = filepath.Base(t.Dir)
	}
	if t.Name == "" {
		t.Name = "target"
	}
	t.Launch.Start = t.callable(t.Launch.Start)
	t.Launch.Step = t.callable(t.Launch.Step)
	t.Launch.Cleanup = t.callable(t.Launch.Cleanup)
	if strings.HasPrefix(t.Launch.AsyncLoop, ".") {
		t.Launch.AsyncLoop = t.Module + t.Launch.AsyncLoop
	}
}

// callable makes module:function of the shorter forms.
func (t *Target) callable(text string) string {
	module, function, ok := strings.Cut(text, ":")
	switch {
	case text == "" || t.Module == "":
		return text
	case !ok:
		return t.Module + ":" + text
	case module == "" || module == ".":
		return t.Module + ":" + function
	case strings.HasPrefix(module, "."):
		return t.Module + text
	}
	return text
}

// portDefaults derives the settings of its port that the service must refuse.
func (t *Target) portDefaults() {
	if !t.HasPort() {
		return
	}
	if !t.uses("{port}") && (t.Service.Port == "reserved" || t.Service.Port == "announced") {
		t.Notes = []string{"{port} is used nowhere in env, launch.args and launch.flags, so that the service is not told its port: " +
			"write it where it reads it, as in env: {MY_PORT: \"{port}\"}, or say which one it always takes: service: {port: 8765}"}
	}
	if t.Config != nil {
		return
	}
	for _, bad := range []string{"not-a-port", "70000"} {
		setting := BadSetting{}
		for name, value := range t.Env {
			if isPort(value) {
				if setting.Env == nil {
					setting.Env = map[string]string{}
				}
				setting.Env[name] = strings.ReplaceAll(value, "{port}", bad)
			}
		}
		if args := slices.Clone(t.Launch.Args); slices.ContainsFunc(args, isPort) {
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "{port}", bad)
			}
			setting.Args = args
		}
		if setting.Env != nil || setting.Args != nil {
			t.Config = append(t.Config, setting)
		}
	}
}

// exchangeDefaults completes the requests.
func (t *Target) exchangeDefaults() {
	protocol := t.Service.Protocol
	isJSON := protocol == "tcp-json" || protocol == "tcp-jsonl" || protocol == "stdio"
	if isJSON && !t.canProbe() {
		t.Echo = &Exchange{Request: `{"message": "{message}"}`}
	}
	for _, x := range t.exchanges() {
		e := x.Exchange
		if isJSON {
			e.Request = strings.TrimRight(e.Request, "\r\n")
		}
		if e.Escape == "" {
			e.Escape = escapeOf(e.Request, protocol)
		}
		if x.path == "echo" && e.Reply == "" {
			e.Reply = "{message}"
		}
		if protocol != "http" && protocol != "websocket" {
			continue
		}
		if e.Path == "" {
			e.Path = t.Service.Path
		}
		e.Headers = mergeHeaders(t.Service.Headers, e.Headers)
		if protocol != "http" {
			continue
		}
		if e.Method == "" {
			e.Method = t.Service.Method
		}
		if e.Method == "" {
			e.Method = map[bool]string{true: "GET", false: "POST"}[e.Request == ""]
		}
		if e.Request != "" && !hasHeader(e.Headers, "Content-Type") {
			e.Headers["Content-Type"] = contentTypes[e.Escape]
		}
	}
}

var contentTypes = map[string]string{
	"json": "application/json", "xml": "text/xml", "form": "application/x-www-form-urlencoded",
	"none": "text/plain; charset=utf-8",
}

// escapeOf is the escape that fits what a request looks like.
func escapeOf(request, protocol string) string {
	text := strings.TrimSpace(holder.ReplaceAllString(request, "0"))
	switch {
	case text == "0":
		return "none"
	case json.Valid([]byte(text)):
		return "json"
	case strings.HasPrefix(text, "<"):
		return "xml"
	case protocol == "http" && formLike.MatchString(text):
		return "form"
	}
	return "none"
}

// InContainer is a copy of t with its container settings in place.
func (t *Target) InContainer() *Target {
	c := *t
	c.Env = maps.Clone(t.Env)
	if c.Env == nil {
		c.Env = map[string]string{}
	}
	maps.Copy(c.Env, t.Container.Env)
	if t.Container.Args != nil {
		c.Launch.Args = t.Container.Args
	}
	if t.Container.Listens != "" {
		c.Service.Listens = t.Container.Listens
	}
	return &c
}

// setTagged sets an empty field to the default in its tag.
func setTagged(v reflect.Value, tag reflect.StructTag) {
	text := tag.Get("default")
	if text == "" || !v.IsZero() {
		return
	}
	switch {
	case v.Kind() == reflect.String:
		v.SetString(text)
	case v.Type() == reflect.TypeFor[time.Duration]():
		n, _ := parseTime(text)
		v.SetInt(int64(n))
	case tag.Get("unit") == "bytes":
		n, _ := parseSize(text)
		v.SetInt(n)
	default:
		n, _ := parseShareOrRate(text)
		v.SetFloat(n)
	}
}

func parseShareOrRate(text string) (float64, error) {
	if strings.HasSuffix(text, "%") {
		return parseShare(text)
	}
	return parseRate(text)
}

// tagOf is the tag of a field of the struct at pointer.
func tagOf(pointer any, field string) reflect.StructTag {
	f, _ := reflect.TypeOf(pointer).Elem().FieldByName(field)
	return f.Tag
}
