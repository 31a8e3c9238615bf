package target

import (
	"regexp"
	"slices"
	"strings"
)

// generalHolders may stand in every string that holds placeholders at all.
var generalHolders = []string{"port", "scratch", "token", "target"}

var holder = regexp.MustCompile(`\{([A-Za-z_]+)(:[^{}\s"]*)?\}`)

// placeholdersOf lists the placeholders that a key path may hold.
func placeholdersOf(path string) []string {
	switch {
	case strings.HasPrefix(path, "echo"):
		return append([]string{"message"}, generalHolders...)
	case strings.HasPrefix(path, "exec"):
		return append([]string{"code"}, generalHolders...)
	case strings.HasPrefix(path, "worker.http.gives"):
		return append([]string{"id", "job"}, generalHolders...)
	case strings.HasPrefix(path, "worker"):
		return append([]string{"id"}, generalHolders...)
	}
	return generalHolders
}

// holders checks the placeholders in every string that may hold them.
func (t *Target) holders(p *problems) {
	check := func(path, text string) {
		allowed := placeholdersOf(path)
		if t.HasWork() {
			allowed = append([]string{"work"}, allowed...)
		}
		if t.IsWorker() && !strings.HasPrefix(path, "worker") && !strings.HasPrefix(path, "launch.flags") {
			allowed = append([]string{"server", "host"}, allowed...)
		}
		for _, m := range holder.FindAllStringSubmatch(text, -1) {
			name, argument := m[1], strings.TrimPrefix(m[2], ":")
			switch {
			case name == "mount" && m[2] != "":
				if _, known := t.Mounts[argument]; !known {
					p.addAt(path, "%s holds %s, but mounts has no %q; expected a name under mounts%s",
						path, m[0], argument, didYouMean(argument, keysOf(t.Mounts)))
				}
			case m[2] != "":
				// {name:...} is no placeholder of ours; format strings look so.
			case slices.Contains(allowed, name):
			case name == "message" || name == "code":
				p.addAt(path, "%s holds {%s}, which is known only in %s; expected %s",
					path, name, map[string]string{"message": "echo", "code": "exec"}[name], braced(allowed))
			default:
				hint := ""
				if near := nearest(name, allowed); near != "" {
					hint = "; did you mean \"{" + near + "}\"?"
				}
				p.addAt(path, "%s holds the unknown placeholder {%s}; expected %s%s", path, name, braced(allowed), hint)
			}
		}
	}
	checkMap := func(path string, texts map[string]string) {
		for _, name := range keysOf(texts) {
			check(path+"."+name, texts[name])
		}
	}
	checkList := func(path string, texts []string) {
		for i, text := range texts {
			check(item(path, i), text)
		}
	}
	checkMap("env", t.Env)
	checkList("launch.args", t.Launch.Args)
	checkList("launch.flags", t.Launch.Flags)
	if t.Job != nil {
		checkList("job.command", t.Job.Command)
		checkList("job.options", t.Job.Options)
		checkList("job.writes", t.Job.Writes)
	}
	if w := t.Worker; w != nil {
		check("worker.job", w.Job)
		check("worker.failing_job", w.Failing)
		check("worker.long_job", w.Long)
		if w.HTTP != nil {
			check("worker.http.gives", w.HTTP.Gives)
			check("worker.http.reply", w.HTTP.Reply)
			checkList("worker.http.takes", w.HTTP.Takes)
		}
		if w.Folder != nil {
			check("worker.folder.inbox", w.Folder.Inbox)
			checkList("worker.folder.results", w.Folder.Results)
		}
	}
	checkMap("container.env", t.Container.Env)
	checkList("container.args", t.Container.Args)
	checkList("service.command", t.Service.Command)
	check("service.path", t.Service.Path)
	check("service.socket", t.Service.Socket)
	checkMap("service.headers", t.Service.Headers)
	for _, x := range t.exchanges() {
		check(x.path+".request", x.Request)
		check(x.path+".reply", x.Reply)
		check(x.path+".path", x.Path)
		checkMap(x.path+".headers", x.Headers)
	}
	for i, bad := range t.Config {
		checkMap(item("refuses", i)+".env", bad.Env)
		checkList(item("refuses", i)+".args", bad.Args)
	}
}

// uses says whether any string that reaches the service at its start holds a placeholder.
func (t *Target) uses(placeholder string) bool {
	for _, value := range t.Env {
		if strings.Contains(value, placeholder) {
			return true
		}
	}
	for _, text := range slices.Concat(t.Launch.Args, t.Launch.Flags) {
		if strings.Contains(text, placeholder) {
			return true
		}
	}
	return false
}

// braced lists placeholders for a message.
func braced(names []string) string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		out = append(out, "{"+name+"}")
	}
	return quoted(out)
}
