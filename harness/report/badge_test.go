package report

import (
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
)

func TestTheBadgeSaysTheVerdict(t *testing.T) {
	good := &Report{Checks: []Result{{Name: "a/b", Verdict: Pass}}}
	for want, r := range map[string]*Report{"1 passed": good, "5 failed": four(t), "not judged": {}} {
		svg, err := r.Badge()
		try(t, err)
		if err := xml.Unmarshal(svg, new(struct{})); err != nil || !strings.Contains(string(svg), ">"+want+"<") || strings.Contains(string(svg), "ZgotmplZ") {
			t.Errorf("%v\n%s", err, svg)
		}
		data, err := r.BadgeJSON()
		try(t, err)
		var endpoint struct {
			SchemaVersion         int
			Label, Message, Color string
		}
		if err := json.Unmarshal(data, &endpoint); err != nil || endpoint.SchemaVersion != 1 || endpoint.Message != want || endpoint.Color == "" {
			t.Errorf("%v\n%s", err, data)
		}
	}
}
