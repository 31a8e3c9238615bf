package explain

import "fmt"

// Deaf tells why a service answers at first and then no more.
func Deaf(f Facts) string {
	diagnosis := "the process lives and the service has stopped answering: after its first request nothing accepts or drives it"
	if trace := Raised(f.Log); trace != "" {
		diagnosis += "; the log has an exception: " + trace
	}
	return diagnosis
}

// Zombie tells why a process goes on over freed data.
func Zombie(f Facts) string {
	diagnosis := "the launch script has returned; a non-daemon thread keeps the process and its sockets alive over Blender data that is freed"
	if at := f.Source.Cite("thread"); at != "" {
		diagnosis += fmt.Sprintf(" (%s)", at)
	}
	return diagnosis
}

// Lingers tells a process that has begun to end from one that goes on; otherwise
// is what is true of the second. The remedy is "" for the check's own.
func Lingers(f Facts, otherwise string) (diagnosis, fix string) {
	if !f.Ending() {
		if trace := Raised(f.Log); trace != "" {
			otherwise += "; the log has an uncaught exception: " + trace
		}
		return otherwise, ""
	}
	if f.keeping() != "" {
		return lingering(f), FixThread
	}
	return "it gives up, and then does not end: a thread that is no daemon, or a worker of an executor, keeps the process" + f.Source.Perhaps("thread"), FixThread
}
