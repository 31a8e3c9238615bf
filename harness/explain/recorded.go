package explain

import "fmt"

// recorded are the recorder's events of one kind, and what keeps a launch's other
// noise out: those that the author's code, or code that a client sent, has caused.
func (f Facts) recorded(kind string) []Event {
	var found []Event
	for _, e := range f.Saw(kind) {
		if len(authors(e.Frames)) > 0 && f.ours(e) {
			found = append(found, e)
		}
	}
	return found
}

// by is the author's line behind an event: "serve() at launch.py:40".
func (e Event) by() string { return authors(e.Frames)[0].String() }

// Timer is who gave work to bpy.app.timers: as the recorder saw it, or perhaps, as the
// source has it; "" for nobody. The text begins with a blank.
func (f Facts) Timer() string {
	for _, e := range f.recorded("timer") {
		return fmt.Sprintf(" (%s, given by %s)", e.Name, e.by())
	}
	return f.Source.Perhaps("timer")
}

// startedAt is where a thread of that name was started, as the recorder saw it; "".
func (f Facts) startedAt(name string) string {
	for _, e := range f.recorded("thread") {
		if e.Name == name {
			return authors(e.Frames)[0].place()
		}
	}
	return ""
}
