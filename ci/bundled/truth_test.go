package main

import (
	"strings"
	"testing"

	"github.com/bgcheck/bgcheck/harness/report"
)

// TestWhatPlainBlenderDidSaysTheVerdicts: from the committed truth, one add-on of each kind.
func TestWhatPlainBlenderDidSaysTheVerdicts(t *testing.T) {
	known, err := readTruth("truth-3.4.1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if len(known) != 101 {
		t.Errorf("%d add-ons; want 101", len(known))
	}
	for addon, want := range map[string][3]report.Verdict{ // start/enabled, start/by-flag, tidy/cycle
		"add_camera_rigs":      {report.Pass, report.Pass, report.Pass},
		"amaranth":             {report.Pass, report.Pass, report.Warn}, // properties stay
		"measureit":            {report.Pass, report.Pass, report.Fail}, // handlers stay
		"mesh_tissue":          {report.Pass, report.Pass, report.Fail}, // a handler stays
		"blender_id":           {report.Pass, report.Warn, report.Pass}, // raises with --addons
		"animation_animall":    {report.Pass, report.Warn, report.Pass}, // raises later, when it is disabled
		"materials_library_vx": {report.Fail, report.Skip, report.Skip}, // cannot be enabled
	} {
		for i, name := range []string{"start/enabled", "start/by-flag", "tidy/cycle"} {
			if got := known[addon].expects()[name]; got != want[i] {
				t.Errorf("%s of %s: %s; want %s", name, addon, got, want[i])
			}
		}
	}
}

func TestHandlersOfBlendersOwnAreNotTheAddonsThatWasThere(t *testing.T) {
	known, err := readTruth("truth-4.3.2.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if got := known["bl_pkg"].expects()["tidy/cycle"]; got != report.Pass {
		t.Errorf("tidy/cycle of bl_pkg: %s; want pass", got)
	}
	if got := known["pose_library"].expects()["tidy/cycle"]; got != report.Fail {
		t.Errorf("tidy/cycle of pose_library: %s; want fail: its own handlers stay", got)
	}
}

func TestAVerdictThatIsWorseThanTheTruthIsAFalseAlarmAndABetterOneAMiss(t *testing.T) {
	known, err := readTruth("truth-3.4.1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	said := func(verdict report.Verdict) row {
		return row{Addon: "amaranth", Results: []report.Result{{Name: "tidy/cycle", Verdict: verdict, Seen: "something"}}}
	}
	for verdict, want := range map[report.Verdict]string{report.Fail: "alarm", report.Warn: "", report.Pass: "miss", report.Inconclusive: ""} {
		alarms, misses := known["amaranth"].compare(said(verdict))
		got := strings.Repeat("alarm", len(alarms)) + strings.Repeat("miss", len(misses))
		if got != want {
			t.Errorf("%s: %q; want %q", verdict, got, want)
		}
	}
}
