package explain

import "fmt"

// diedOfACrash: a fault in native code. Blender's crash file names the Python frame.
var diedOfACrash = rule{"crash", func(f Facts) (text, fix string, ok bool) {
	if f.Exit.Signal == nil || !IsCrash(f.Exit.Signal) {
		return "", "", false
	}
	text = "Blender crashed"
	if at, ok := f.crashedIn(); ok {
		text += fmt.Sprintf(" in %s", at)
	}
	text += Fatal(f.Log)
	if f.onThread() {
		return text + ", on another thread than Blender's own: everything of bpy belongs on the main thread", fixOnMain, true
	}
	return text, "Native code was given what it does not bear: most often data that is freed (an object that was kept over the loading of a file, or " +
		"removed), or a window that is not there. The stack is in the evidence's crash file, or in the file scratch/stacks beside it.", true
}}

// onThread says whether it crashed on another thread than the main one; false where
// that is not known.
func (f Facts) onThread() bool {
	for _, e := range f.Saw("begin") {
		return f.CrashThread != 0 && e.Main != 0 && e.Main != f.CrashThread
	}
	return false
}

const fixOnMain = "Let threads take requests, and the main thread do the work:\n" +
	"    work = queue.Queue()\n" +
	"    work.put(job)                       # in the thread\n" +
	"    while not stopping.is_set():        # on the main thread, in the launch script\n" +
	"        try:\n" +
	"            job = work.get(timeout=0.5)\n" +
	"        except queue.Empty:\n" +
	"            continue\n" +
	"        job()\n" +
	"or keepalive.submit(function), which does that."
