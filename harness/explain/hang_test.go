package explain

import (
	"strings"
	"testing"
	"time"
)

const served = `import threading

lock = threading.Lock()


def note(request):
    with lock:
        seen.append(request)


def answer(request):
    with lock:
        note(request)


def work():
    while True:
        number = step(number)


def main():
    while True:
        time.sleep(0.05)
`

// album makes five photos, 250 ms apart; each calls shoot.
func album(shoot func(i int) ([]Stack, []Activity)) Facts {
	f := Facts{Target: own(), Events: []Event{{Event: "begin", PID: 7, Main: 1}}, Lines: map[string][]string{"/a/serve.py": strings.Split(served, "\n")}}
	for i := range 5 {
		stacks, threads := shoot(i)
		f.Photos = append(f.Photos, Photo{At: time.Unix(0, int64(i)*250e6), Stacks: stacks, Threads: threads})
	}
	return f
}

func frames(lines ...any) []Frame {
	var all []Frame
	for i := 0; i < len(lines); i += 2 {
		all = append(all, Frame{"/a/serve.py", lines[i].(int), lines[i+1].(string)})
	}
	return all
}

func TestAHangIsToldByItsStacks(t *testing.T) {
	ms := func(i, each int) time.Duration { return time.Duration(i*each) * time.Millisecond }
	quiet := func(int) []Activity { return []Activity{{TID: 7, Main: true, Locked: true}} }
	for _, one := range []struct {
		situation string
		main      func(i int) []Frame
		other     []Frame
		threads   func(i int) []Activity
		name      string
		says      string
	}{
		{"a lock that the same thread holds", func(int) []Frame { return frames(7, "note", 13, "answer") }, nil, quiet, "lock-twice",
			"in note() at serve.py:7 (`with lock:`), which it holds itself since answer() at serve.py:12"},
		{"a lock that another holds", func(int) []Frame { return frames(7, "note") }, frames(8, "note"), quiet, "lock-held", "which another thread holds since note() at serve.py:7"},
		{"a lock that nobody holds", func(int) []Frame { return frames(7, "note") }, frames(18, "work"), quiet, "lock-held", "has not let it go"},
		{"a loop", func(i int) []Frame { return frames(18-i%2, "work", 13, "answer") }, nil,
			func(i int) []Activity { return []Activity{{TID: 7, Main: true, Runs: true, Used: ms(i, 250)}} }, "turns", "it was in work() at serve.py:17-18, called from answer() at serve.py:13"},
		{"a loop that calls others", func(i int) []Frame {
			return frames([][]any{{20, "step", 18, "work", 13, "answer"}, {17, "work", 13, "answer"}}[i%2]...)
		}, nil,
			func(i int) []Activity { return []Activity{{TID: 7, Main: true, Runs: true, Used: ms(i, 250)}} }, "turns", "it was in work() at serve.py:17-18, called from answer() at serve.py:13"},
		{"a function that calls in a loop", func(i int) []Frame {
			return frames([][]any{{20, "step", 18, "work", 13, "answer"}, {7, "note", 18, "work", 13, "answer"}}[i%2]...)
		}, nil,
			func(i int) []Activity { return []Activity{{TID: 7, Main: true, Runs: true, Used: ms(i, 250)}} }, "turns", "it was in work() at serve.py:18, called from answer() at serve.py:13"},
		{"a loop on a busy machine", func(int) []Frame { return frames(18, "work") }, nil,
			func(i int) []Activity { return []Activity{{TID: 7, Main: true, Runs: true, Used: ms(i, 20)}} }, "turns", "work() at serve.py:18"},
		{"C code that keeps Python's lock", func(int) []Frame { return frames(18, "work") }, frames(7, "note"),
			func(i int) []Activity {
				return []Activity{{TID: 7, Main: true, Waits: uint64(i)}, {TID: 8, Locked: true, Waits: uint64(50 * i)}}
			}, "lock-of-python", "serve.py:18"},
		{"that on a busy machine", func(int) []Frame { return frames(18, "work") }, frames(7, "note"),
			func(i int) []Activity {
				return []Activity{{TID: 7, Main: true, Waits: uint64(i)}, {TID: 8, Locked: i != 2, Runs: i == 2, Waits: uint64(4 * i), Wanted: ms(i, 220)}}
			}, "lock-of-python", "serve.py:18"},
		{"a wait, and a thread that looks at an event often", func(int) []Frame { return frames(18, "work") }, []Frame{{"/usr/lib/python3/threading.py", 324, "wait"}},
			func(i int) []Activity {
				return []Activity{{TID: 7, Main: true, Waits: uint64(i)}, {TID: 8, Locked: true, Waits: uint64(12 * i)}}
			}, "waits", "serve.py:18"},
		{"a wait in a request", func(int) []Frame { return frames(18, "work", 13, "answer") }, nil, quiet, "waits", "the main thread waits in work() at serve.py:18"},
		{"that where one look sees it between two waits", func(int) []Frame { return frames(18, "work") }, frames(7, "note"),
			func(i int) []Activity {
				return []Activity{{TID: 7, Main: true, Waits: uint64(i)}, {TID: 8, Locked: i != 2, Waits: uint64(50 * i)}}
			}, "lock-of-python", "serve.py:18"},
		{"a loop at rest, deep in functions", func(int) []Frame { return frames(23, "main", 18, "work", 13, "answer") }, nil, quiet, "", ""},
		{"the loop that keeps it alive", func(int) []Frame { return frames(23, "main") }, nil, quiet, "", ""},
		{"that loop, and a thread that waits for its own lock", func(int) []Frame { return frames(23, "main") }, frames(7, "note", 13, "answer"), quiet,
			"thread-waits", "a thread waits for a lock in note() at serve.py:7 (`with lock:`), which it holds itself since serve.py:12"},
	} {
		f := album(func(i int) ([]Stack, []Activity) {
			return []Stack{{Ident: 2, Frames: one.other}, {Ident: 1, Frames: one.main(i)}}, one.threads(i)
		})
		cause := Hang(f)
		if cause.Name != one.name || !strings.Contains(cause.Text, one.says) {
			t.Errorf("%s: %q: %s", one.situation, cause.Name, cause.Text)
		}
	}
	if none := Hang(Facts{}); none.Text != "" {
		t.Errorf("without a photo: %s", none.Text)
	}
}

func TestWhoWakesIsNamed(t *testing.T) {
	for _, one := range []struct {
		situation     string
		main, other   uint64 // waits between two photos, 250 ms apart
		others        []Frame
		want, exactly string
	}{
		{"a thread", 1, 125, frames(18, "work"), "a thread beside the main one wakes 500 times a second, in work() at serve.py:18", ""},
		{"a thread that is not Python's", 1, 125, nil, "a thread beside the main one wakes 500 times a second", "a thread beside the main one wakes 500 times a second"},
		{"the main thread", 250, 0, nil, "the main thread wakes 1000 times a second, in main() at serve.py:23", ""},
		{"nobody", 1, 2, nil, "", ""},
	} {
		f := album(func(i int) ([]Stack, []Activity) {
			return []Stack{{Ident: 2, Frames: one.others}, {Ident: 1, Frames: frames(23, "main")}},
				[]Activity{{TID: 7, Main: true, Waits: uint64(i) * one.main}, {TID: 8, Waits: uint64(i) * one.other}}
		})
		if got := Restless(f); !strings.Contains(got, one.want) || one.want == "" && got != "" || one.exactly != "" && got != one.exactly {
			t.Errorf("%s: %q", one.situation, got)
		}
	}
}
