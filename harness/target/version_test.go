package target

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestSupports(t *testing.T) {
	for _, test := range []struct {
		entries []string
		yes, no []string
	}{
		{nil, []string{"2.83.5", "5.2.2", "nonsense"}, nil},
		{[]string{"3.4"}, []string{"3.4", "3.4.1", "Blender 3.4.1"}, []string{"3.5.0", "3.40", "4.3.4", ""}},
		{[]string{"4"}, []string{"4.0.0", "4.5.3 LTS"}, []string{"3.4.1", "5.0.0"}},
		{[]string{">=4.2"}, []string{"4.2.0", "4.3.2", "5.2.2 LTS"}, []string{"4.1.9", "3.4.1", ""}},
		{[]string{">4.2"}, []string{"4.3.0", "5.0"}, []string{"4.2.9", "4.2"}},
		{[]string{"<=4.2"}, []string{"4.2.9", "3.4.1"}, []string{"4.3.0"}},
		{[]string{"<5"}, []string{"4.99.1", "2.83"}, []string{"5.0.0", "5"}},
		{[]string{">=3.0", "<4.0"}, []string{"3.0.0", "3.6.5"}, []string{"2.93", "4.0.0"}},
		{[]string{"3.4", ">=4.2", "<5"}, []string{"3.4.1", "4.2.0", "4.5"}, []string{"3.6", "4.1", "5.2"}},
		{[]string{">=3.0 <3.6", ">= 4.2, < 4.4"}, []string{"3.4.1", "4.3.2"}, []string{"3.6.0", "4.0", "4.4.0"}},
		{[]string{"!=4.1"}, []string{"4.0", "4.2"}, []string{"4.1.1"}},
		{[]string{"nonsense"}, nil, []string{"4.1.1"}},
	} {
		target := &Target{Blender: test.entries}
		for _, version := range test.yes {
			if !target.Supports(version) {
				t.Errorf("%q does not support %q", test.entries, version)
			}
		}
		for _, version := range test.no {
			if target.Supports(version) {
				t.Errorf("%q supports %q", test.entries, version)
			}
		}
	}
}

func TestABlenderThatIsNotSupportedIsNeverADeadEnd(t *testing.T) {
	for what, test := range map[string]struct {
		target  Target
		version string
		want    []string // none: it is supported
	}{
		"any":                         {Target{Name: "x"}, "3.4.1", nil},
		"unknown":                     {Target{Name: "x", Kind: "extension"}, "", nil},
		"an extension on a new one":   {Target{Name: "x", Kind: "extension"}, "4.2.0", nil},
		"an extension on an old one":  {Target{Name: "x", Kind: "extension"}, "3.4.1", []string{"extensions need Blender 4.2", "this is 3.4.1", "--backend container --blender 4.3"}},
		"an extension of a later one": {Target{Name: "x", Kind: "extension", Blender: []string{">=5.0"}}, "4.3.2", []string{"supports Blender >=5.0", "--blender 5.2"}},
		"a command on a new one":      {Target{Name: "x", Job: &Job{Command: []string{"extension"}}}, "4.2.0", nil},
		"a command on an old one":     {Target{Name: "x", Job: &Job{Command: []string{"extension"}}}, "4.1.1", []string{"--command needs Blender 4.2", "this is 4.1.1", "--backend container --blender 4.3"}},
		"an old add-on":               {Target{Name: "x", Blender: []string{"<4"}}, "5.2.2 LTS", []string{"supports Blender <4", "this is 5.2.2", "--blender 3.4"}},
		"one that no image has":       {Target{Name: "x", Blender: []string{"4.0"}}, "3.4.1", []string{"supports Blender 4.0", "--blender PATH"}},
	} {
		got := test.target.Unsupported(test.version)
		if (got == "") != (len(test.want) == 0) {
			t.Errorf("%s: %q", what, got)
		}
		for _, part := range test.want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: %q lacks %q", what, got, part)
			}
		}
	}
}

func TestQuantities(t *testing.T) {
	for text, d := range map[string]time.Duration{"5s": 5 * time.Second, "1m30s": 90 * time.Second, "500ms": time.Second / 2, "0.5s": time.Second / 2} {
		got, err := parseTime(text)
		want(t, text, got, d)
		want(t, text+" error", err, nil)
	}
	for text, share := range map[string]float64{"2%": 0.02, "0.02": 0.02, "100%": 1, "1": 1, "150%": 1.5} {
		got, err := parseShare(text)
		if err != nil || math.Abs(got-share) > 1e-12 {
			t.Errorf("%s is %v, %v; want %v", text, got, err, share)
		}
	}
	for text, size := range map[string]int64{"8MiB": 8 << 20, "8MB": 8e6, "1.5KiB": 1536, "7": 7, "7B": 7, "2GiB": 2 << 30, "3kB": 3000} {
		got, err := parseSize(text)
		want(t, text, got, size)
		want(t, text+" error", err, nil)
	}
	for _, text := range []string{"", "s", "-1s", "0", "NaN", "Inf", "1e400", "8 MiB", "8mib", "5 s", "9999999999GiB", "%"} {
		_, timeErr := parseTime(text)
		_, shareErr := parseShare(text)
		_, sizeErr := parseSize(text)
		if timeErr == nil || shareErr == nil || sizeErr == nil {
			t.Errorf("%q is taken: %v, %v, %v", text, timeErr, shareErr, sizeErr)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"launch", "env", "echo", "exec", "stop", "skip", "service"}
	for got, near := range map[string]string{
		"lauch": "launch", "LAUNCH": "launch", "env_": "env", "ecoh": "echo", "environmnt": "env", "serivce": "service",
		"execute": "exec", "zzz": "", "": "", "x": "",
	} {
		want(t, got, nearest(got, words), near)
	}
}

func TestContainerSettingsDoNotTouchTheTarget(t *testing.T) {
	target := &Target{Addon: "testdata/examples/least/my_addon", Launch: Launch{Start: "serve"}, Container: Container{Args: []string{"x"}}}
	target.SetDefaults()
	inside := target.InContainer()
	inside.Env["A"] = "b"
	want(t, "args inside", inside.Launch.Args, []string{"x"})
	want(t, "args", target.Launch.Args, nil)
	want(t, "env", target.Env, nil)
}
