package target

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFramesAreListedWithTheirDigits(t *testing.T) {
	for _, one := range []struct {
		frames Frames
		want   string // "" for an error
	}{
		{Frames{"out/a_####.png", "1-3"}, "out/a_0001.png out/a_0002.png out/a_0003.png"},
		{Frames{"#.exr", "1, 9-10"}, "1.exr 9.exr 10.exr"},
		{Frames{"one.png", "1"}, "one.png"},
		{Frames{"#.png", ""}, ""}, {Frames{"#.png", "3-1"}, ""}, {Frames{"#.png", "1-9999999"}, ""}, {Frames{"#.png", "a"}, ""},
	} {
		list, err := one.frames.List()
		if got := strings.Join(list, " "); got != one.want || (err == nil) != (one.want != "") {
			t.Errorf("%v: %q, %v", one.frames, got, err)
		}
	}
}

func TestMistakesOfAJobAreSaid(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"job.py", "in.csv"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("pass"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for text, want := range map[string]string{
		"job: {inputs: []}":                                                       "the job runs nothing",
		"launch: {script: job.py}\njob: {expr: pass}":                             "expected one",
		"job: {text: Script}":                                                     "no job.blend",
		"launch: {script: job.py}\njob: {files: [{file: ../a}]}":                  "below the working folder",
		"launch: {script: job.py}\njob: {files: [{file: a, sha256: 12}]}":         "64 hex digits",
		"launch: {script: job.py}\njob: {inputs: [im.csv]}":                       "did you mean \"in.csv\"",
		"launch: {script: job.py}\njob: {inputs: [in.csv], optional: [i.csv]}":    "did you mean \"in.csv\"",
		"launch: {script: job.py}\njob: {prints: ['(']}":                          "no regular expression",
		"launch: {script: job.py}\njob: {frames: {file: a.png, range: x}}":        "expected frames",
		"launch: {script: job.py}\njob: {}\necho: hello":                          "a job answers none",
		"launch: {script: job.py, args: [\"{wrk}\"]}\njob: {}":                    "{work}",
		"launch: {script: job.py, args: [\"{work}/a\"]}\njob: {inputs: [in.csv]}": "",
	} {
		under, err := Parse(filepath.Join(folder, FileName), []byte(text))
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want == "" && (!under.IsJob() || under.Hosted() || under.Service.Protocol != "none"):
			t.Errorf("%s: no job: %+v", text, under)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: want %q, got %v", text, want, err)
		}
	}
	if !slices.Contains(strings.Fields(Markdown()), "`job.files[].file`") {
		t.Error("the table of keys lacks job.files[].file")
	}
}
