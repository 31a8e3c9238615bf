package draft

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// launch writes how the service is started.
func (d *draft) launch() {
	if d.isScript() || d.ownScript() {
		return
	}
	protocol, why := d.protocol()
	if protocol == "" {
		d.isHosted(why)
		return
	}
	start, others := d.startFunction()
	serves := d.registerServes()
	switch {
	case serves != "" && (start == nil || !forScripts(start)):
		d.line("launch:")
		d.line("  # register() calls %s, so the add-on serves by itself; our launcher keeps Blender alive.", serves)
		d.line("  # Where your users start it another way, give your script instead: script: launcher.py")
		d.line("  start: register")
		d.note("start: register, which calls %s", serves)
		d.step()
		d.cleanup()
		return
	case start == nil && d.runsCode():
		d.todo("", "say how the service starts: no function without arguments at the top level of a module looks like it%s", d.startingClass())
		d.line("# launch: {start: function}     # our launcher calls it and keeps Blender alive")
		d.line("# launch: {start: register}     # where enabling the add-on starts it already")
		d.line("# launch: {script: launcher.py} # or a script of your own")
		d.line("")
		return
	case start == nil:
		d.todo("", "%s. Nothing was found that starts it: no function without arguments at the top level of a module has to do with it%s.", why, d.startingClass())
		d.line("# Where it is a service, say how it starts:")
		d.line("# launch: {start: function}     # our launcher calls it and keeps Blender alive")
		d.line("# launch: {start: register}     # where enabling the add-on starts it already")
		d.line("# launch: {script: launcher.py} # or a script of your own")
		d.isHosted("something in it listens, and nothing was found that starts it")
		return
	}
	d.line("launch:")
	d.line("  # %s: def %s()", start.place, start.name)
	for i, other := range others {
		if i < 3 {
			d.line("  # or %s: def %s()", other.place, other.name)
		}
	}
	d.line("  start: %s", scalar(d.callableOf(start)))
	d.note("start: %s (%s)", d.callableOf(start), start.place)
	if start.async {
		d.todo("  ", "%s is async: our launcher calls it without awaiting; name a plain function that schedules it", start.name)
	}
	for _, fn := range d.functions {
		if fn.name == "kick_async_loop" && fn.module != "" {
			d.line("  # %s: def kick_async_loop(), called every 50 ms. Without this line the", fn.place)
			d.line("  # loop's own selector is waited in, which answers faster and idles at less, where the add-on allows it.")
			d.line("  async_loop: %s", fn.module)
			d.note("async_loop: %s (%s)", fn.module, fn.place)
			break
		}
	}
	d.step()
	d.cleanup()
}

// isHosted writes that it is judged without a service of its own.
func (d *draft) isHosted(why string) {
	d.hosted = true
	d.line("# It has no service of its own (%s): bgcheck enables it and keeps Blender alive with a service of", why)
	d.line("# bgcheck's. To have operators of it run without a window, name them with what must come of it:")
	d.line("# operators:")
	d.line("#   - {idname: mesh.thing_add, args: {size: 2.0}, effect: {object: Thing}}")
	d.line("#   - {idname: export_scene.thing, args: {filepath: \"{scratch}/a.thing\"}, effect: {file: \"{scratch}/a.thing\"}}")
	d.line("# What must be there for it, other add-ons or Python modules:")
	d.line("# requires: [numpy, ../other_addon]")
	d.line("")
	d.note("hosted: it has no service of its own (%s)", why)
}

// step writes what the main thread has to call again and again.
func (d *draft) step() {
	for i := range d.functions {
		if fn := &d.functions[i]; fn.name == "step" && fn.required == 0 && !fn.async {
			d.line("  # %s: def step(), called every 50 ms on the main thread", fn.place)
			d.line("  step: %s", scalar(d.callableOf(fn)))
			d.note("step: %s (%s)", d.callableOf(fn), fn.place)
			return
		}
	}
}

func (d *draft) cleanup() {
	if stop := d.best(stopScore); stop != nil {
		d.line("  # %s: def %s()", stop.place, stop.name)
		d.line("  cleanup: %s", scalar(d.callableOf(stop)))
	}
	d.line("")
}

// callableOf is a function as launch.start names it.
func (d *draft) callableOf(fn *pyFunction) string {
	if fn.module == "" {
		return fn.name
	}
	return fn.module + ":" + fn.name
}

var startName = regexp.MustCompile(`^(start|run|serve|launch|begin|open)(_|$)|_(start|serve|server|run)$`)

var notStart = regexp.MustCompile(`stop|restart|clean|shutdown|close|^(is|get|has)_`)

// forScripts tells a function that is there for scripts to call: it goes before
// an add-on's own start in register().
func forScripts(fn *pyFunction) bool {
	return strings.Contains(fn.name, "script") || strings.Contains(fn.name, "background")
}

// startScore says how much a function looks like the start of a service; 0 and
// less not at all.
func startScore(fn *pyFunction) int {
	name := fn.name
	score := 0
	switch {
	case fn.required > 0, notStart.MatchString(name), name == "register", name == "unregister", strings.HasPrefix(name, "_"), strings.HasPrefix(name, "test"):
		return 0
	case name == "start_server_from_script":
		score = 100
	case startName.MatchString(name) && (strings.Contains(name, "serv") || strings.Contains(name, "background")):
		score = 80
	case name == "start" || name == "serve" || name == "run":
		score = 70
	case name == "main":
		score = 40
	case startName.MatchString(name):
		score = 50
	default:
		return 0
	}
	if strings.Contains(name, "script") || strings.Contains(name, "background") {
		score += 10
	}
	if fn.module == "" {
		score += 5
	}
	if fn.async {
		score -= 30
	}
	for _, token := range fn.body {
		if token.Kind == 'n' && (token.Text == "socket" || token.Text == "start_server" || token.Text == "create_server" ||
			token.Text == "ensure_future" || token.Text == "serve_forever" || token.Text == "Thread" || strings.Contains(token.Text, "Server")) {
			return score + 15
		}
	}
	return score
}

// stopScore says how much a function looks like a clean-up.
func stopScore(fn *pyFunction) int {
	switch {
	case fn.required > 0 || fn.async:
		return 0
	case fn.name == "cleanup_server":
		return 100
	case strings.HasPrefix(fn.name, "stop") && strings.Contains(fn.name, "serv"), strings.HasPrefix(fn.name, "shutdown_"):
		return 80
	case fn.name == "stop" || fn.name == "cleanup" || fn.name == "shutdown":
		return 70
	}
	return 0
}

// best is the function with the highest score, nil when none has one.
func (d *draft) best(score func(*pyFunction) int) *pyFunction {
	var found *pyFunction
	for i := range d.functions {
		if fn := &d.functions[i]; score(fn) > 0 && (found == nil || score(fn) > score(found)) {
			found = fn
		}
	}
	return found
}

// startFunction is the likeliest start, and others that could be.
func (d *draft) startFunction() (start *pyFunction, others []*pyFunction) {
	starting := d.starting()
	for i := range d.functions {
		if startScore(&d.functions[i]) > 0 && starting[d.functions[i].name] && !d.isProgram(&d.functions[i]) {
			others = append(others, &d.functions[i])
		}
	}
	sort.SliceStable(others, func(i, j int) bool { return startScore(others[i]) > startScore(others[j]) })
	if len(others) == 0 {
		return nil, nil
	}
	return others[0], others[1:]
}

// isProgram tells the main() of a module that is a program by itself.
func (d *draft) isProgram(fn *pyFunction) bool {
	return fn.name == "main" && slices.ContainsFunc(d.files, func(f pyFile) bool {
		return f.name == fn.file && slices.ContainsFunc(f.tokens, func(token addonsrc.Token) bool { return token.Kind == 's' && token.Text == "__main__" })
	})
}

// registerServes is what register() calls that looks like a start.
func (d *draft) registerServes() string {
	for _, fn := range d.functions {
		if fn.name != "register" || fn.module != "" {
			continue
		}
		for i, token := range fn.body {
			if token.Kind == 'n' && startName.MatchString(token.Text) && fn.body.Is(i+1, "(") {
				return token.Text + "() (" + place{fn.file, token.Line}.String() + ")"
			}
		}
	}
	return ""
}

// startingClass names a class that looks like the server.
func (d *draft) startingClass() string {
	for _, name := range sortedPlaces(d.classes) {
		if strings.HasSuffix(name, "Server") {
			return "; class " + name + " (" + d.classes[name].String() + ") does: write a function, or a script, that makes one and starts it"
		}
	}
	return ""
}

var portOption = regexp.MustCompile(`(?i)^--?([a-z]+[-_])*port$`)

// arguments writes launch.args where a script reads its port from them. A
// variable of the environment goes before that.
func (d *draft) arguments(script *survey) {
	if d.envPort() {
		return
	}
	option, what, value := portOption, "port", "{port}"
	if _, unix := d.unixSocket(); unix {
		option, what, value = socketOption, "socket's path", d.ownSocket()
	}
	for _, text := range sortedPlaces(script.texts) {
		if option.MatchString(text) {
			d.line("  # %s: %q", script.texts[text], comment(text))
			d.line("  args: [%s, %q]", scalar(text), value)
			d.note("%s by the argument %s (%s)", what, text, script.texts[text])
			d.told = true
			return
		}
	}
	at, reads := script.attributes["argv"]
	if _, behind := script.texts["--"]; reads && behind {
		d.todo("  ", "%s: it reads its arguments; see that the first one is the %s", at, what)
		d.line("  args: [%q]", value)
		d.told = true
	}
}

// envPort says whether a variable for the port is read.
func (d *draft) envPort() bool {
	return slices.ContainsFunc(d.env, func(read envRead) bool { return portName.MatchString(read.name) })
}
