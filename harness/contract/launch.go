package contract

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
)

// folderMount is the name under which Blender reads the target file's folder.
const folderMount = "target"

// Options turn the target, with a launch's tweaks, into harness options for Start.
func (s *Session) Options(tweaks Tweaks) []harness.Option {
	t := s.target
	options := []harness.Option{
		s.portOption(tweaks),
		harness.Flags(fillAll(t.Launch.Flags)...),
	}
	if !t.HasPort() {
		options = append(options, harness.NoPort())
	}
	if t.Service.Protocol == "stdio" {
		options = append(options, harness.Stdin(harness.InputWire))
	}
	if s.record {
		options = append(options, harness.Record())
	}
	if t.Dir != "" {
		options = append(options, harness.Mount(folderMount, t.Dir))
	}
	options = append(options, tweaks.More...) // before the add-on, so that it is enabled before it
	for name, folder := range t.Mounts {
		options = append(options, harness.Mount(name, t.Resolve(folder)))
	}
	if len(t.Bundled) > 0 {
		options = append(options, harness.Flags("--addons", strings.Join(t.Bundled, ",")))
	}
	for _, path := range t.RequiredPaths() {
		path = t.Resolve(path)
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		options = append(options, harness.Addon(path, name))
	}
	if s.hosted {
		options = append(options, harness.Prepare(installHost))
	}
	if t.Addon != "" && !tweaks.Without {
		// Our launcher enables it itself: only then are its signal handlers, and its
		// bridge for timers, there before a service that register() starts can answer.
		install := harness.AddonDisabled
		if t.Enable != "script" && t.Launch.Start == "" && !tweaks.Disabled {
			install = harness.Addon
		}
		options = append(options, install(t.Resolve(t.Addon), t.Module))
	}
	for name, value := range t.Env {
		options = append(options, harness.Env(name, fill(value)))
	}
	for name, value := range tweaks.Env {
		options = append(options, harness.Env(name, fill(value)))
	}
	if w := t.Launch.Wrapper; w != "" {
		options = append(options, s.wrapper(w)...)
	}
	if t.HasWork() && !t.IsJob() {
		options = append(options, s.workOptions()...)
	}
	if script, args := s.script(tweaks); script != "" {
		options = append(options, harness.Script(script, args...))
	}
	if t.IsJob() {
		options = append(options, s.jobOptions()...)
	}
	return options
}

// script is what is run with --python, and its arguments: the author's own
// script, or our launcher, which lies in each instance's run folder.
func (s *Session) script(tweaks Tweaks) (path string, args []string) {
	l := s.target.Launch
	args = l.Args
	if tweaks.Args != nil {
		args = tweaks.Args
	}
	switch {
	case l.Script != "":
		return s.inFolder(l.Script), fillAll(args)
	case l.Start == "":
		return "", nil
	}
	var own []string
	if s.hosted {
		return "{dir}/run/launch.py", s.hostArgs(tweaks)
	}
	if s.target.Module != "" {
		own = append(own, "--addon", s.target.Module)
	}
	if s.target.Module == "" || l.Start != s.target.Module+":register" { // enabling it has called that
		own = append(own, "--start", l.Start)
	}
	if l.Step != "" {
		own = append(own, "--step", l.Step)
	}
	if l.AsyncLoop != "" {
		own = append(own, "--async-loop", l.AsyncLoop, "--drive", "kick")
	}
	if l.Cleanup != "" {
		own = append(own, "--cleanup", l.Cleanup)
	}
	return "{dir}/run/launch.py", append(own, fillAll(args)...)
}

// portOption chooses how the service gets its port.
func (s *Session) portOption(tweaks Tweaks) harness.Option {
	service := s.target.Service
	if tweaks.Port != 0 {
		return harness.Port(tweaks.Port)
	}
	if number, err := strconv.Atoi(service.Port); err == nil {
		return harness.Port(number)
	}
	if service.Port == "announced" {
		if pattern, err := regexp.Compile(service.Announce); err == nil {
			return harness.Announced(pattern)
		}
	}
	return harness.Port(harness.ReservePort)
}

// FixedPort says whether all lives use one port, or one path of a Unix socket, so
// that only one can be at a time.
func (s *Session) FixedPort() bool {
	if socket := s.target.Service.Socket; socket != "" {
		return !strings.Contains(socket, "{") // {scratch}, {port} and {token} make it one of its own
	}
	_, err := strconv.Atoi(s.target.Service.Port)
	return err == nil
}

// inFolder is a file as Blender sees it: below the target's folder through its
// mount, elsewhere by its own path.
func (s *Session) inFolder(path string) string {
	t := s.target
	rel, err := filepath.Rel(t.Dir, t.Resolve(path))
	if t.Dir == "" || err != nil || strings.HasPrefix(rel, "..") {
		return t.Resolve(path)
	}
	return "{mount:" + folderMount + "}/" + filepath.ToSlash(rel)
}

// filled has what the harness does not know of.
var filled = strings.NewReplacer("{target}", "{mount:"+folderMount+"}", "{work}", "{dir}/job")

// fill replaces {target} and {work}; the harness replaces the rest.
func fill(text string) string {
	return filled.Replace(text)
}

func fillAll(texts []string) []string {
	filled := make([]string, len(texts))
	for i, text := range texts {
		filled[i] = fill(text)
	}
	return filled
}
