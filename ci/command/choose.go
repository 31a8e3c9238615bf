package command

import (
	"strings"

	"github.com/bgcheck/bgcheck/harness/checks"
)

// skips are the reasons of the checks that the words (NAME or NAME=REASON)
// leave out.
func skips(words []string) (map[string]string, error) {
	reasons := map[string]string{}
	for _, word := range words {
		name, reason, given := strings.Cut(word, "=")
		chosen, err := checks.Choose(name)
		if err != nil {
			return nil, err
		}
		if !given || strings.TrimSpace(reason) == "" {
			reason = "no reason was given"
		}
		for _, check := range chosen {
			reasons[check.Name] = "left out on the command line: " + reason
		}
	}
	return reasons, nil
}
