package report

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/joshdk/go-junit"
)

func TestJUnitIsReadByAnotherParser(t *testing.T) {
	r := four(t)
	data, err := r.JUnit()
	try(t, err)
	suites, err := junit.Ingest(data)
	try(t, err)
	found := map[junit.Status]int{}
	for _, suite := range suites {
		for _, test := range suite.Tests {
			found[test.Status]++
		}
	}
	if found[junit.StatusPassed] != r.Count(Pass) || found[junit.StatusFailed] != r.Count(Fail) || found[junit.StatusSkipped] != r.Count(Skip) {
		t.Errorf("%v", found)
	}
	if _, err := junit.Ingest(mustJUnit(t, hostile())); err != nil {
		t.Error(err)
	}
}

func mustJUnit(t *testing.T, r *Report) []byte {
	t.Helper()
	data, err := r.JUnit()
	try(t, err)
	return data
}

func TestAJUnitCaseNamesItsLineAndHasTheLog(t *testing.T) {
	r, _ := placed(t)
	for i := range r.Checks {
		r.Checks[i].Evidence = []string{"whole log: out/runs/1/log.txt"}
	}
	var doc junitSuites
	try(t, xml.Unmarshal(mustJUnit(t, r), &doc))
	if doc.Skipped != 1 {
		t.Errorf("%d skipped", doc.Skipped)
	}
	for _, suite := range doc.Suites {
		for _, c := range suite.Cases {
			if c.Name == "stop/sigterm" && (c.File != "my add-ons/100%.py" || c.Line != 7 || !strings.Contains(c.Output, "[[ATTACHMENT|out/runs/1/log.txt]]")) {
				t.Errorf("%+v", c)
			}
		}
	}
}
