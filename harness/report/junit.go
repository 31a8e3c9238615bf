package report

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// JUnit's elements, in the order that the schema used by Jenkins and GitLab
// asks for.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		File    string        `xml:"file,attr,omitempty"`
		Line    int           `xml:"line,attr,omitempty"`
		Skipped *junitMessage `xml:"skipped"`
		Error   *junitMessage `xml:"error"`
		Failure *junitMessage `xml:"failure"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit is the content of junit.xml: one testsuite for each area. A failed
// check is a failure, an inconclusive one and one that was not judged an error;
// why a suite could not run or did not end is an error of its own. A case names
// the file and the line that it is about, from the top of the repository where it
// lies in it, and has the log as attachment, as Jenkins and GitLab read it.
func (r *Report) JUnit() ([]byte, error) {
	doc := junitSuites{Name: "bgcheck", Time: seconds(r.Seconds)}
	suite := func(name string) *junitSuite {
		for i := range doc.Suites {
			if doc.Suites[i].Name == name {
				return &doc.Suites[i]
			}
		}
		doc.Suites = append(doc.Suites, junitSuite{
			Name:      name,
			Timestamp: r.Started.UTC().Format("2006-01-02T15:04:05"),
			Properties: []junitProperty{
				{"target", r.Target},
				{"backend", r.Backend},
				{"blender", strings.TrimSpace(r.Blender.Version + " " + r.Blender.Path + " " + r.Blender.Image)},
			},
		})
		return &doc.Suites[len(doc.Suites)-1]
	}
	times, root := map[string]float64{}, r.root()
	for _, check := range r.Checks {
		area := check.area()
		s := suite(area)
		c := junitCase{Class: "bgcheck." + area, Name: check.Name, Time: seconds(check.Seconds), Output: check.output()}
		if check.Target != "" {
			c.Class = fmt.Sprintf("bgcheck.%s.%s", fileName(check.Target), area)
		}
		if places := r.shown(check); len(places) > 0 && check.Verdict != Pass {
			c.File, c.Line = places[0].File, places[0].Line
			if root != "" {
				c.File, _ = within(root, c.File)
			}
		}
		s.Tests++
		times[area] += check.Seconds
		switch check.Verdict {
		case Fail:
			s.Failures++
			c.Failure = &junitMessage{check.headline(), "fail", check.Details()}
		case Skip:
			s.Skipped++
			c.Skipped = &junitMessage{Message: check.headline()}
		case Inconclusive:
			s.Errors++
			c.Error = &junitMessage{check.headline(), "inconclusive", check.Details()}
		}
		s.Cases = append(s.Cases, c)
	}
	wrong := func(area, class, name, kind, text string) {
		s := suite(area)
		s.Tests++
		s.Errors++
		s.Cases = append(s.Cases, junitCase{
			Class: class, Name: name, Time: seconds(0), Error: &junitMessage{text, kind, text},
		})
	}
	for _, name := range r.NotJudged {
		area := Result{Name: name}.area()
		wrong(area, "bgcheck."+area, name, "not judged", notJudged)
	}
	for i, problem := range r.Problems {
		wrong("bgcheck", "bgcheck", fmt.Sprintf("can run (%d)", i+1), "problem", problem)
	}
	for i, name := range r.Unfinished {
		wrong("bgcheck", "bgcheck", fmt.Sprintf("comes to its end (%d)", i+1), "not finished", "not finished: "+name)
	}
	for i := range doc.Suites {
		s := &doc.Suites[i]
		s.Time = seconds(times[s.Name])
		doc.Tests += s.Tests
		doc.Failures += s.Failures
		doc.Errors += s.Errors
		doc.Skipped += s.Skipped
	}
	data, err := xml.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode junit: %w", err)
	}
	return append([]byte(xml.Header), append(data, '\n')...), nil
}

// notJudged is what is said of a check that was to be judged and has no result.
const notJudged = "the run ended before it was judged"

func seconds(s float64) string { return fmt.Sprintf("%.3f", s) }

// area is the part of the name before the slash.
func (r Result) area() string {
	area, _, _ := strings.Cut(r.Name, "/")
	return area
}

// headline is the one sentence that says most.
func (r Result) headline() string {
	text := r.Diagnosis
	if text == "" {
		text = r.Seen
	}
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return first
}

// output is the evidence and the command, for system-out.
func (r Result) output() string {
	lines := r.Evidence
	lines = lines[:len(lines):len(lines)]
	if r.Command != "" {
		lines = append(lines, "command: "+r.Command)
	}
	for _, log := range r.logs() {
		lines = append(lines, "[[ATTACHMENT|"+log+"]]")
	}
	return strings.Join(lines, "\n")
}

// wholeLog is how evidence names the file with all that a Blender said.
const wholeLog = "whole log: "

// logs are the files that the evidence names as whole logs.
func (r Result) logs() []string {
	var files []string
	for _, line := range r.Evidence {
		if file, ok := strings.CutPrefix(line, wholeLog); ok && !strings.Contains(file, "]") {
			files = append(files, file)
		}
	}
	return files
}
