package report

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// sarifRules lists every check of the run as a rule, and gives each one's place.
// What helps is told by a result that failed, where there is one.
func (r *Report) sarifRules(driver *sarifDriver) map[string]int {
	rules := map[string]int{}
	for _, check := range r.Checks {
		at, known := rules[check.Name]
		switch {
		case !known:
			rules[check.Name] = len(driver.Rules)
			driver.Rules = append(driver.Rules, check.rule())
		case check.Fix != "":
			driver.Rules[at] = check.rule()
		}
	}
	return rules
}

// automation names the run: the target, the Blender, the backend.
func (r *Report) automation() string {
	parts := []string{"bgcheck"}
	for _, part := range []string{r.Target, r.Blender.Version, r.Backend} {
		if part != "" {
			parts = append(parts, fileName(part))
		}
	}
	return strings.Join(parts, "/") + "/"
}

// prints is made of what stays when lines move: the check, the target, and of
// each place the file and what stands there.
func (r Result) prints(root string, places ...Place) sarifPrints {
	parts := []string{r.Name, r.Target}
	for _, p := range places {
		file := filepath.Base(p.File)
		if rel, ok := within(root, p.File); root != "" && ok {
			file = rel
		}
		parts = append(parts, file, strings.Join(strings.Fields(p.Message), " "))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return sarifPrints{hex.EncodeToString(sum[:12])}
}

// version is this program's, as Go knows it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range append(info.Deps, &info.Main) {
			if "https://"+module.Path == homepage && module.Version != "" {
				return module.Version
			}
		}
	}
	return "unknown"
}

func (r Result) level() string {
	if r.advice() {
		return "warning"
	}
	return "error"
}

// rule describes the check itself.
func (r Result) rule() sarifRule {
	about := r.Expected
	if about == "" {
		about = r.Name
	}
	help := sarifHelp{Text: about, Markdown: mdText(about) + "\n"}
	if r.Fix != "" {
		help.Text += "\n\n" + r.Fix
		help.Markdown += "\n" + mdBlock(r.Fix)
	}
	return sarifRule{
		ID: r.Name, Short: sarifText{about}, Full: sarifText{"bgcheck starts the add-on on a real Blender and looks whether this is so: " + sentence(about)},
		HelpURI: homepage + "/blob/main/harness/checks/" + strings.NewReplacer("/", "_", "-", "_").Replace(r.Name) + ".go",
		Help:    help, Defaults: sarifConfig{r.level()}, Tags: sarifTags{[]string{"blender", "background-mode", r.area()}},
	}
}
