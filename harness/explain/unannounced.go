package explain

import (
	"fmt"
	"net"
	"regexp"
	"strings"
)

// unannounced tells of a service that answers, and whose port nobody could know: its
// output holds no line that announces it.
func unannounced(f Facts) (seen, diagnosis, fix string) {
	announce := f.Target.Service.Announce
	seen = fmt.Sprintf("no line of its output announced its port within %s; the process lives", Short(f.Target.Budgets.Ready))
	diagnosis = fmt.Sprintf("it listens on %s and answers there, and its output holds no line that says so", f.Answers)
	if _, port, err := net.SplitHostPort(f.Answers); err == nil {
		word := regexp.MustCompile(`(^|\D)` + port + `($|\D)`)
		for _, line := range f.Log {
			if word.MatchString(line) {
				return seen, fmt.Sprintf("it listens on %s and answers there; `%s` says so, and service.announce (%s) does not match that",
					f.Answers, strings.TrimSpace(line), announce), fixAnnounce
			}
		}
	}
	if one, ok := f.Source.printed(announce); ok {
		diagnosis += fmt.Sprintf("; %s is printed without flush, so that it stays in Python's buffer", one.cite())
		return seen, diagnosis, fixFlush
	}
	return seen, diagnosis + ": it prints none, or prints it without flush, and the line stays in Python's buffer", fixFlush
}

// printed is the line that prints what a pattern looks for, without flush.
func (f Findings) printed(announce string) (Finding, bool) {
	pattern, err := regexp.Compile(announce)
	if err != nil {
		return Finding{}, false
	}
	words, _ := pattern.LiteralPrefix()
	if words = strings.TrimSpace(words); words == "" {
		return Finding{}, false
	}
	for _, one := range f {
		if one.Kind == "print" && strings.Contains(one.Text, words) && strings.HasSuffix(one.Text, ")") && !strings.Contains(one.Text, "flush") &&
			!strings.Contains(one.Text, "file=") {
			return one, true
		}
	}
	return Finding{}, false
}

// cite names a finding with its text.
func (f Finding) cite() string { return fmt.Sprintf("%s:%d `%s`", f.File, f.Line, f.Text) }

const (
	fixFlush    = "    print(\"listening on %s:%d\" % (host, port), flush=True)"
	fixAnnounce = "Say in the target file what the line looks like, the port in brackets:\n" +
		"    service: {port: announced, announce: 'serving at port (\\d+)'}"
)
