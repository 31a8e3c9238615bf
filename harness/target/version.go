package target

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// comparison is one condition on a version, e.g. ">=4.2".
type comparison struct {
	operator string
	parts    []int
}

var (
	condition = regexp.MustCompile(`^(>=|<=|==|!=|>|<|=)?\s*(\d{1,4}(?:\.\d{1,4}){0,2})$`)
	joiner    = regexp.MustCompile(`\s*(?:,|\s)\s*`)
	operators = regexp.MustCompile(`(>=|<=|==|!=|>|<|=)\s+`)
	versionAt = regexp.MustCompile(`\d{1,4}(?:\.\d{1,4}){1,2}|\d{1,4}`)
)

// parseVersions reads an entry of Blender: conditions that must all hold.
func parseVersions(entry string) ([]comparison, error) {
	var list []comparison
	text := operators.ReplaceAllString(strings.TrimSpace(entry), "$1")
	for _, word := range joiner.Split(text, -1) {
		m := condition.FindStringSubmatch(word)
		if m == nil {
			return nil, fmt.Errorf("%q is no version", word)
		}
		list = append(list, comparison{m[1], numbers(m[2])})
	}
	return list, nil
}

func numbers(text string) []int {
	var parts []int
	for _, word := range strings.Split(text, ".") {
		n, _ := strconv.Atoi(word)
		parts = append(parts, n)
	}
	return parts
}

// holds compares as many parts as the condition has: 4.2.3 is "4.2", is not
// ">4.2", and is "<=4.2".
func (c comparison) holds(version []int) bool {
	order := 0
	for i, want := range c.parts {
		have := 0
		if i < len(version) {
			have = version[i]
		}
		if have != want {
			order = 1
			if have < want {
				order = -1
			}
			break
		}
	}
	switch c.operator {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	case "!=":
		return order != 0
	}
	return order == 0
}

// newer42 is the Blender that extensions and --command came with.
var newer42 = comparison{">=", []int{4, 2}}

// needs42 says what the target has that Blender 4.2 brought; "" for nothing.
func (t *Target) needs42() string {
	switch {
	case t.IsExtension():
		return "is an extension, and extensions need Blender 4.2 or later"
	case t.Job != nil && len(t.Job.Command) > 0:
		return "runs a command (job.command), and --command needs Blender 4.2 or later"
	}
	return ""
}

// imaged are the versions that docker/build.sh makes images of, the one to
// propose first in front.
var imaged = []string{"4.3", "5.2", "3.4", "2.83"}

// Unsupported says why the target cannot be checked on that Blender, and which
// one has what it takes; "" where it can be. A version that cannot be read
// supports all.
func (t *Target) Unsupported(version string) string {
	have := versionAt.FindString(version)
	if have == "" || t.Supports(have) {
		return ""
	}
	why := fmt.Sprintf("%s supports Blender %s", t.Name, strings.Join(t.Blender, ", "))
	if needs := t.needs42(); needs != "" && !newer42.holds(numbers(have)) {
		why = t.Name + " " + needs
	}
	remedy := "--blender PATH names another Blender"
	for _, version := range imaged {
		if t.Supports(version) {
			remedy = "have it checked on one by --blender PATH, or, with Docker, by --backend container --blender " + version
			break
		}
	}
	return fmt.Sprintf("%s, and this is %s: %s", why, have, remedy)
}

// Supports says whether the target supports a Blender version, as in "4.3.2"
// or "Blender 4.3.2 LTS". Entries that are one comparison (">=4.2") must hold
// together; any other entry ("3.4", ">=3.0 <3.6") suffices alone. An empty list
// supports all, or of an extension and a job.command all from 4.2; entries that
// cannot be read support nothing.
func (t *Target) Supports(version string) bool {
	have := numbers(versionAt.FindString(version))
	if t.needs42() != "" && !newer42.holds(have) {
		return false
	}
	if len(t.Blender) == 0 {
		return true
	}
	inRange, ranged := true, false
	for _, entry := range t.Blender {
		conditions, err := parseVersions(entry)
		switch {
		case err != nil:
		case len(conditions) == 1 && strings.ContainsAny(conditions[0].operator, "<>!"):
			ranged = true
			inRange = inRange && conditions[0].holds(have)
		case all(conditions, have):
			return true
		}
	}
	return ranged && inRange
}

func all(conditions []comparison, version []int) bool {
	for _, c := range conditions {
		if !c.holds(version) {
			return false
		}
	}
	return true
}

// checkVersions looks at the entries of Blender.
func (t *Target) checkVersions(p *problems) {
	for i, entry := range t.Blender {
		at := item("blender", i)
		if p.broken(at) {
			continue
		}
		if _, err := parseVersions(entry); err != nil {
			hint := ""
			if m := versionAt.FindString(entry); m != "" {
				switch rest := strings.Replace(entry, m, "", 1); {
				case strings.HasSuffix(entry, "+") || strings.Contains(rest, "newer") || strings.Contains(rest, "later") || strings.HasPrefix(entry, "^") || strings.HasPrefix(entry, "~"):
					hint = fmt.Sprintf("; did you mean %q?", ">="+m)
				default:
					hint = fmt.Sprintf("; did you mean %q?", m)
				}
			}
			p.addAt(at, "blender holds %q; expected a version such as 3.4, or a comparison such as \">=4.2\" or \"<5\"%s", short(entry), hint)
		}
	}
}
