package explain

import "fmt"

const fixStdin = "Do not wait on standard input: a service has none (systemd, a container, a CI job give it /dev/null, which ends at once). Wait for a signal:\n" +
	"    keepalive.run()        # pyaddon/keepalive.py; or the loop that serves, on the main thread"

// diedAtStdin: input() at the end of standard input, or a script that reads it and
// came to its end. That the second waited there is read in the source alone.
var diedAtStdin = rule{"stdin", func(f Facts) (text, fix string, ok bool) {
	if u, at, ok := f.raisedIn(); ok && u.Type == "EOFError" {
		return fmt.Sprintf("it waits for standard input to stay alive, and that has ended (/dev/null): %s%s", u, at), fixStdin, true
	}
	if f.Exit.Signal != nil || f.Exit.Code != 0 || f.uncaught() != nil || f.left() != nil {
		return "", "", false
	}
	for _, e := range f.recorded("stdin") {
		if e.Ended {
			return fmt.Sprintf("%s: %s reads standard input to stay alive, and that has ended (/dev/null)", cameToItsEnd, e.by()), fixStdin, true
		}
	}
	at := f.Source.Cite("stdin")
	if at == "" || f.Target.Launch.Script == "" {
		return "", "", false
	}
	return fmt.Sprintf("%s: perhaps it waits for standard input to stay alive (%s), which ends at once here (/dev/null)", cameToItsEnd, at), fixStdin, true
}}
