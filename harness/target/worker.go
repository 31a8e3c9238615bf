package target

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Worker is a script or an add-on that asks others for work: the harness plays the
// other side, in one of the ways HTTP, Folder and Socket.
//
// Placeholders: {id} is a job's own name, a UUID; {scratch}, {token} and {target} are
// as everywhere. In env and launch {port} is the other side's port, {host} its address
// and {server} both, as in http://127.0.0.1:40123.
type Worker struct {
	// HTTP: it asks an HTTP server.
	HTTP *WorkerHTTP `yaml:"http"`
	// Folder: it finds its jobs as files in a folder.
	Folder *WorkerFolder `yaml:"folder"`
	// Socket: it connects to a TCP port, and lines go to and fro.
	Socket *WorkerSocket `yaml:"socket"`
	// Job is the text of a job that it can do, a small one.
	Job string `yaml:"job" unit:"payload"`
	// Failing is a job that raises.
	Failing string `yaml:"failing_job" unit:"payload"`
	// Long is a job that takes a second or more; default: Job.
	Long string `yaml:"long_job" unit:"payload"`
	// Done is a regular expression that is found in what it hands in for a job that is
	// done: of HTTP the request line, as in "POST /jobs/1/done", and the body behind it; of
	// a folder the file's path and behind it its content.
	Done string `yaml:"done"`
	// Failed is the same for a job that went wrong.
	Failed string `yaml:"failed"`
	// Within is the time from a job given to its result.
	Within time.Duration `yaml:"within" default:"10s"`
	// Returns is the time from the other side's return to the next job taken.
	Returns time.Duration `yaml:"returns" default:"30s"`
}

// WorkerHTTP is how a worker speaks to an HTTP server.
type WorkerHTTP struct {
	// Ask is the request for work, as in "GET /jobs/next"; * stands for any part of a
	// path. A query counts only where one is given.
	Ask string `yaml:"ask"`
	// None is the body of the reply while there is no job, or a status such as "404".
	// Default: status 204 without a body.
	None string `yaml:"none"`
	// Gives is the body of the reply that gives a job; {job} is the job's text.
	Gives string `yaml:"gives" unit:"payload" default:"{job}"`
	// Takes are the requests with progress and results, as in "POST /jobs/{id}/result".
	Takes []string `yaml:"takes"`
	// Reply is the body that answers those.
	Reply string `yaml:"reply" unit:"payload" default:"{}"`
}

// WorkerFolder is how a worker finds its jobs in a folder.
type WorkerFolder struct {
	// Inbox is the path of a job's file, as in "{scratch}/in/{id}.json". It is written
	// under another name and renamed.
	Inbox string `yaml:"inbox"`
	// Results are the paths at which its result may come, as in "{scratch}/out/{id}.json";
	// * stands for any part of a name.
	Results []string `yaml:"results"`
}

// WorkerSocket is how a worker speaks over a connection of its own.
type WorkerSocket struct {
	// Hello is a line that it is sent first; default: nothing.
	Hello string `yaml:"hello" unit:"payload"`
	// Ask is a regular expression of the line by which it asks for work. Default: it
	// is sent a job as soon as there is one.
	Ask string `yaml:"ask"`
	// None is the line that answers while there is no job; default: the answer waits.
	None string `yaml:"none" unit:"payload"`
}

// ProtocolWorker is the protocol of a worker once defaults are set: it is spoken to
// by the jobs that it takes.
const ProtocolWorker = "worker"

// IsWorker says whether the target asks others for work.
func (t *Target) IsWorker() bool { return t.Worker != nil }

// Route is a method and a path of WorkerHTTP as a regular expression over
// "METHOD /path?query", whose group "id" is the job's.
func Route(text string) (*regexp.Regexp, bool) {
	method, path, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok || !httpMethod.MatchString(method) || !strings.HasPrefix(path, "/") {
		return nil, false
	}
	pattern := regexp.QuoteMeta(path)
	pattern = strings.Replace(pattern, `\{id\}`, `(?P<id>[^/?&]+)`, 1)
	pattern = strings.NewReplacer(`\{id\}`, `[^/?&]+`, `\*`, `[^/?]*`).Replace(pattern)
	if !strings.Contains(path, "?") {
		pattern += `/?(\?.*)?`
	}
	compiled, err := regexp.Compile("^" + method + " " + pattern + "$")
	return compiled, err == nil
}

var httpMethod = regexp.MustCompile(`^[A-Z]+$`)

// NoneStatus is the status of the reply while there is no job, and its body.
func (h *WorkerHTTP) NoneStatus() (status int, body string) {
	if h.None == "" {
		return 204, ""
	}
	if status, err := strconv.Atoi(h.None); err == nil && status >= 200 && status < 600 {
		return status, ""
	}
	return 200, h.None
}

// checkWorker looks at how it is given work.
func (t *Target) checkWorker(p *problems) {
	w := t.Worker
	if w == nil {
		return
	}
	ways := 0
	for _, given := range []bool{w.HTTP != nil, w.Folder != nil, w.Socket != nil} {
		if given {
			ways++
		}
	}
	if ways != 1 && !p.strange["worker"] {
		p.addAt("worker", "worker has %d ways to be given work; expected one: http, folder or socket", ways)
	}
	if t.IsJob() {
		p.addAt("worker", "the target is both job and worker; expected one: a job ends by itself")
	}
	for _, x := range t.exchanges() {
		p.addAt(x.path, "%s is a request, and a worker answers none; expected either worker or requests", x.path)
	}
	for _, one := range []struct{ key, text string }{{"worker.job", w.Job}, {"worker.done", w.Done}} {
		if strings.TrimSpace(one.text) == "" && !p.broken(one.key) {
			p.addAt(one.key, "%s is not given; expected %s", one.key, map[string]string{
				"worker.job": `the text of a small job, as in '{"id": "{id}", "op": "cube"}'`, "worker.done": `a regular expression that a good result matches, as in '"status": "done"'`}[one.key])
		}
	}
	if w.Failing != "" && w.Failed == "" {
		p.addAt("worker.failing_job", "worker.failing_job is given without failed; expected failed: a regular expression that the result of such a job matches")
	}
	for _, one := range []struct{ key, text string }{{"worker.done", w.Done}, {"worker.failed", w.Failed}} {
		checkPattern(p, one.key, one.text)
	}
	if (w.HTTP != nil || w.Socket != nil) && !t.uses("{port}") && !t.uses("{server}") {
		p.addAt("worker", "neither {server} nor {port} is used in env, launch.args and launch.flags, so that the worker is not told whom to ask; expected one, as in env: {SERVER: \"{server}\"}")
	}
	if h := w.HTTP; h != nil {
		checkRoute(p, "worker.http.ask", h.Ask)
		if len(h.Takes) == 0 {
			p.addAt("worker.http", "worker.http.takes is not given; expected the requests that hand in results, as in [\"POST /jobs/{id}/result\"]")
		}
		for i, route := range h.Takes {
			checkRoute(p, item("worker.http.takes", i), route)
		}
	}
	if f := w.Folder; f != nil {
		if !strings.Contains(f.Inbox, "{id}") || !strings.HasPrefix(f.Inbox, "{scratch}/") {
			p.addAt("worker.folder", "worker.folder.inbox is %q; expected the path of a job's file in the scratch folder, as in \"{scratch}/in/{id}.json\"", short(f.Inbox))
		}
		if len(f.Results) == 0 {
			p.addAt("worker.folder", "worker.folder.results is not given; expected where results come, as in [\"{scratch}/out/{id}.json\"]")
		}
		for i, path := range f.Results {
			if !strings.HasPrefix(path, "{scratch}/") || !strings.Contains(path, "{id}") {
				p.addAt(item("worker.folder.results", i), "%s is %q; expected a path in the scratch folder with the job's {id}, as in \"{scratch}/out/{id}.json\"", item("worker.folder.results", i), short(path))
			}
		}
	}
	if w.Socket != nil {
		checkPattern(p, "worker.socket.ask", w.Socket.Ask)
	}
}

func checkRoute(p *problems, at, text string) {
	if _, ok := Route(text); !ok && !p.broken(at) {
		if text == "" && !p.given(at) {
			at = "worker.http"
			p.addAt(at, "worker.http.ask is not given; expected the request for work, as in \"GET /jobs/next\"")
			return
		}
		p.addAt(at, "%s is %q; expected a method and a path, as in \"GET /jobs/next\"", at, short(text))
	}
}

func checkPattern(p *problems, at, text string) {
	if _, err := regexp.Compile(text); err != nil {
		p.addAt(at, "%s is %q, which is no regular expression (%v); expected one", at, short(text), err)
	}
}
