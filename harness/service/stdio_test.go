package service

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
)

// stdioOf answers each line as answer says, with what it returns.
func stdioOf(t *testing.T, answer func(line string) string) *Stdio {
	t.Helper()
	theirs, in := io.Pipe()
	out, ours := io.Pipe()
	go func() {
		lines := bufio.NewScanner(theirs)
		for lines.Scan() {
			if _, err := io.WriteString(ours, answer(lines.Text())); err != nil {
				return
			}
		}
		_ = ours.Close()
	}()
	t.Cleanup(func() { _ = in.Close() })
	return NewStdio(in, out)
}

func TestStdioKeepsLinesThatAreNoMessages(t *testing.T) {
	c := stdioOf(t, func(line string) string {
		return "Blender 3.4.1\n" + `{"method": "progress"}` + "\n" + line + "\n42\n"
	})
	reply, err := c.Do(within(t), []byte(`{"id": 1, "text": "a"}`))
	if err != nil || !bytes.Contains(reply, []byte(`"text": "a"`)) {
		t.Fatalf("reply %s, %v", reply, err)
	}
	_ = c.CloseInput()
	<-c.Ended()
	if lines, count := c.Foreign(); count != 2 || strings.Join(lines, "|") != "Blender 3.4.1|42" {
		t.Errorf("lines that are no messages: %d, %q", count, lines)
	}
	if _, err := c.Do(within(t), []byte(`{}`)); err == nil {
		t.Error("a request after the end of the output is answered")
	}
}

func TestStdioTellsRepliesApartByTheirID(t *testing.T) {
	first := ""
	c := stdioOf(t, func(line string) string {
		if first == "" {
			first = line
			return ""
		}
		return line + "\n" + first + "\n"
	})
	late := make(chan string, 1)
	go func() {
		reply, _ := c.Do(within(t), []byte(`{"id": 7, "n": "first"}`))
		late <- string(reply)
	}()
	for reply := ""; !strings.Contains(reply, "second"); {
		got, err := c.Do(within(t), []byte(`{"id": 7, "n": "second"}`))
		if err != nil {
			t.Fatal(err)
		}
		reply = string(got)
	}
	if got := <-late; !strings.Contains(got, "first") {
		t.Errorf("the first request got %q", got)
	}
}

func TestOwnIDReplacesANumberAlone(t *testing.T) {
	for request, want := range map[string]string{
		`{"a": {"id": 1}, "id": 1, "b": 2}`: `{"a": {"id": 1}, "id": 9, "b": 2}`,
		`{"id": "text"}`:                    `{"id": "text"}`,
		`{"a": 1}`:                          `{"a": 1}`,
		`not JSON`:                          `not JSON`,
	} {
		if got, _ := ownID([]byte(request), 9); string(got) != want {
			t.Errorf("%s became %s", request, got)
		}
	}
}
