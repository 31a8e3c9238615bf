package container

import (
	"bytes"
	"fmt"
	"testing"
)

func TestEventsAreReadHoweverTheStreamIsCut(t *testing.T) {
	t.Parallel()
	const stream = `{"event": "started", "pid": 7}` + "\nTraceback\n" + `{"event": "reply", "id": 3, "content": "YWJj"}` + "\n"
	for size := 1; size <= len(stream); size++ {
		var log bytes.Buffer
		var heard []event
		w := &eventLines{tell: func(e event) { heard = append(heard, e) }, log: &log}
		for rest := []byte(stream); len(rest) > 0; {
			n := min(size, len(rest))
			if _, err := w.Write(rest[:n]); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if len(heard) != 2 || heard[0].PID != 7 || heard[1].ID != 3 || string(heard[1].Content) != "abc" {
			t.Fatalf("in pieces of %d: %+v", size, heard)
		}
		if got := fmt.Sprint(&log); got != "launcher: Traceback\n" {
			t.Fatalf("in pieces of %d the log is %q", size, got)
		}
	}
}
