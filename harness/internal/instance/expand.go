package instance

import (
	"fmt"
	"regexp"
	"strings"
)

var mountPlaceholder = regexp.MustCompile(`\{mount:([^{}]*)\}`)

// Expand replaces {dir} and {mount:NAME} in text by folders as the process will
// see them. Backends call it on every string of Args and Env. A mount that was
// never declared is an error that names it; other braces stay as they are, so
// that JSON passes unharmed.
func Expand(text, dir string, mounts map[string]string) (string, error) {
	text = strings.ReplaceAll(text, "{dir}", dir)
	var unknown []string
	text = mountPlaceholder.ReplaceAllStringFunc(text, func(m string) string {
		name := mountPlaceholder.FindStringSubmatch(m)[1]
		folder, ok := mounts[name]
		if !ok {
			unknown = append(unknown, name)
		}
		return folder
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("replace {mount:%s}: no mount of that name: declare it with Mount(%q, folder)", unknown[0], unknown[0])
	}
	return text, nil
}
