package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// The parts of SARIF 2.1.0 that code-scanning views read.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool            `json:"tool"`
		Automation  sarifAutomation      `json:"automationDetails"`
		Invocations []sarifInvocation    `json:"invocations"`
		Bases       map[string]sarifBase `json:"originalUriBaseIds,omitempty"`
		ColumnKind  string               `json:"columnKind"`
		Results     []sarifResult        `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	// sarifAutomation tells one target's results on one Blender from those on
	// another, so that a code-scanning view keeps both.
	sarifAutomation struct {
		ID string `json:"id"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID       string      `json:"id"`
		Short    sarifText   `json:"shortDescription"`
		Full     sarifText   `json:"fullDescription"`
		HelpURI  string      `json:"helpUri"`
		Help     sarifHelp   `json:"help"`
		Defaults sarifConfig `json:"defaultConfiguration"`
		Tags     sarifTags   `json:"properties"`
	}
	sarifTags struct {
		Tags []string `json:"tags"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifInvocation struct {
		Successful    bool          `json:"executionSuccessful"`
		Notifications []sarifNotice `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotice struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifBase struct {
		URI string `json:"uri"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Prints    sarifPrints     `json:"partialFingerprints"`
		Locations []sarifLocation `json:"locations,omitempty"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
	}
	// sarifPrints tell a result from others from commit to commit: no line's
	// number is in them, which moves with every line above it.
	sarifPrints struct {
		First string `json:"bgcheck/v1"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId,omitempty"`
	}
	sarifRegion struct {
		Line int `json:"startLine"`
	}
)

const (
	sarifSchema = "https://json.schemastore.org/sarif-2.1.0.json"
	sarifRoot   = "%SRCROOT%"
	homepage    = "https://github.com/bgcheck/bgcheck"
)

// SARIF is the content of bgcheck.sarif, version 2.1.0, for code-scanning
// views: every check as a rule, each failed one at the line it is about, or at the first line of the
// target file when none is known; source/* is a warning, with a result for each
// line. What was inconclusive or kept a suite from running is a notification.
func (r *Report) SARIF() ([]byte, error) {
	root := r.root()
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "bgcheck", Version: version(), InformationURI: homepage, Rules: []sarifRule{}}},
		Automation: sarifAutomation{r.automation()},
		ColumnKind: "unicodeCodePoints",
		Results:    []sarifResult{},
	}
	if root != "" {
		run.Bases = map[string]sarifBase{sarifRoot: {fileURI(root) + "/"}}
	}
	rules := r.sarifRules(&run.Tool.Driver)
	whole := len(r.Problems)+len(r.Unfinished)+len(r.NotJudged) == 0 && !r.Interrupted
	invocation := sarifInvocation{Successful: whole}
	notice := func(level, text string) {
		invocation.Notifications = append(invocation.Notifications, sarifNotice{level, sarifText{text}})
	}
	for _, problem := range r.Problems {
		notice("error", problem)
	}
	for _, suite := range r.Unfinished {
		notice("error", "not finished: "+suite)
	}
	for _, name := range r.NotJudged {
		notice("error", name+": "+notJudged)
	}
	for _, check := range r.Checks {
		if check.Verdict == Inconclusive {
			notice("warning", check.title()+": "+check.headline())
		}
		if check.Verdict != Fail && check.Verdict != Warn {
			continue
		}
		run.Results = append(run.Results, r.sarifResults(check, rules[check.Name], root)...)
	}
	run.Invocations = []sarifInvocation{invocation}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(sarifLog{sarifSchema, "2.1.0", []sarifRun{run}}); err != nil {
		return nil, fmt.Errorf("encode sarif: %w", err)
	}
	return b.Bytes(), nil
}

// sarifResults are the results of one failed check: of source/* one a line, of
// others one, with what else is known as related places.
func (r *Report) sarifResults(check Result, index int, root string) []sarifResult {
	result := sarifResult{RuleID: check.Name, RuleIndex: index, Level: check.level(), Message: sarifText{check.message()}}
	places := r.shown(check)
	if check.advice() && len(places) > 0 {
		var each []sarifResult
		for _, p := range places {
			one := result
			one.Locations = []sarifLocation{p.sarif(root)}
			one.Prints = check.prints(root, p)
			each = append(each, one)
		}
		return each
	}
	result.Prints = check.prints(root, places...)
	for i, p := range places {
		if i == 0 {
			result.Locations = []sarifLocation{p.sarif(root)}
			continue
		}
		related := p.sarif(root)
		related.ID = i
		if p.Message != "" {
			related.Message = &sarifText{p.Message}
		}
		result.Related = append(result.Related, related)
	}
	return []sarifResult{result}
}

// message is what a code-scanning view shows at the line: cause, sight and fix.
func (r Result) message() string {
	var parts []string
	if r.Target != "" {
		parts = append(parts, r.Target+":")
	}
	if r.Diagnosis != "" {
		parts = append(parts, sentence(r.Diagnosis))
	}
	if r.Seen != "" && r.Seen != r.Diagnosis {
		parts = append(parts, "Seen: "+sentence(r.Seen))
	}
	if r.Fix != "" {
		parts = append(parts, "Fix: "+r.Fix)
	}
	if len(parts) == 0 {
		return r.Name + " failed."
	}
	return strings.Join(parts, " ")
}

func sentence(text string) string {
	if text = strings.TrimSpace(text); strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}

// sarif is the place as a location; a file outside of root is told whole.
func (p Place) sarif(root string) sarifLocation {
	artifact := sarifArtifact{URI: fileURI(p.File)}
	if root != "" {
		if rel, ok := within(root, p.File); ok {
			artifact = sarifArtifact{URI: (&url.URL{Path: rel}).String(), Base: sarifRoot}
		}
	}
	physical := sarifPhysical{Artifact: artifact}
	if p.Line > 0 {
		physical.Region = &sarifRegion{p.Line}
	}
	return sarifLocation{Physical: physical}
}

// fileURI is an absolute path as a URI; a relative one stays relative.
func fileURI(path string) string {
	slashed := filepath.ToSlash(path)
	switch {
	case strings.HasPrefix(slashed, "/"):
		return (&url.URL{Scheme: "file", Path: slashed}).String()
	case filepath.IsAbs(path): // C:/...
		return (&url.URL{Scheme: "file", Path: "/" + slashed}).String()
	}
	return (&url.URL{Path: slashed}).String()
}
