package draft

import (
	"os"
	"path/filepath"
	"strings"
)

// serving are calls by which a script stays and serves.
var serving = []string{"kick_async_loop", "run_forever", "serve_forever", "run_until_complete", "pause", "sigwait", "accept", "listen", "recv", "modal_handler_add"}

// isJob says whether it is a script that does its work and ends: nothing in it, nor in
// what it imports from beside it, listens, serves or waits for requests.
func (d *draft) isJob() bool {
	if !d.isScript() || serves(d.survey) {
		return false
	}
	for name := range d.imports {
		name, _, _ = strings.Cut(name, ".")
		for _, beside := range []string{name + ".py", name} {
			path := filepath.Join(d.folder, beside)
			if _, err := os.Stat(path); name == "" || err != nil {
				continue
			}
			inside, err := lookAt(path)
			if err != nil {
				continue
			}
			whole := newSurvey() // modules that nothing else of the package names, too
			whole.all = inside.all
			for _, f := range inside.all {
				whole.file(f)
			}
			if serves(whole) {
				return false
			}
		}
	}
	return true
}

// serves says whether what was read listens, or waits for requests.
func serves(s *survey) bool {
	own := &draft{survey: s}
	_, _, waits := anyOf(s.calls, serving...)
	_, imports := own.has("asyncio", "http.server", "socketserver", "xmlrpc.server", "websockets", "aiohttp", "flask", "socket", "zmq", "watchdog")
	_, reads := s.attributes["stdin"]
	return waits || imports || reads || len(s.ports) > 0 || own.envPort() || turns(s)
}

// turns says whether a loop goes on until somebody ends it: while True with a pause in
// the file, or one that waits in its condition.
func turns(s *survey) bool {
	_, _, pauses := anyOf(s.calls, "sleep", "wait")
	for _, f := range s.all {
		for i, token := range f.tokens {
			if !token.First || token.Text != "while" {
				continue
			}
			for _, inside := range f.tokens[i+1:] {
				if inside.Line != token.Line {
					break
				}
				if inside.Text == "wait" || inside.Text == "is_set" || inside.Text == "True" && pauses {
					return true
				}
			}
		}
	}
	return false
}

// job writes that it does its work and ends, behind launch: and the script.
func (d *draft) job() {
	d.line("  # As it should be started: without this option Blender ends with 0 whatever a script raises.")
	d.line("  flags: [--python-exit-code, \"1\"]")
	d.note("started with --python-exit-code 1: without it Blender ends with 0 whatever a script raises")
	if at, reads := d.attributes["argv"]; reads {
		d.todo("  ", "%s: it reads its arguments; say them, {work} is the folder that each run begins in: args: [in.csv, \"{work}/out\"]", at)
	}
	d.line("")
	d.line("# It neither listens nor waits for requests: a job, which does its work and ends. Each run begins in")
	d.line("# an empty folder, to which its inputs are copied.")
	d.todo("", "say what it reads and what must come of it, as in job: {inputs: [in.csv], files: [{file: out.json}], prints: [done]}")
	d.line("job:")
	d.line("  inputs: []")
	d.line("  files: []")
	d.line("")
}
