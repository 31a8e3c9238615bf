package instance

import "strings"

// Quote writes words as one line for a POSIX shell. Words of harmless
// characters stay as they are; all others are put in single quotes.
func Quote(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = quoteWord(w)
	}
	return strings.Join(quoted, " ")
}

// QuoteAssignment writes NAME=VALUE so that only the value is quoted.
func QuoteAssignment(assignment string) string {
	name, value, _ := strings.Cut(assignment, "=")
	if strings.ContainsFunc(name, unsafeInShell) || value == "" {
		return quoteWord(assignment)
	}
	return name + "=" + quoteWord(value)
}

func quoteWord(w string) string {
	if w != "" && !strings.ContainsFunc(w, unsafeInShell) {
		return w
	}
	return "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
}

func unsafeInShell(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return false
	}
	return !strings.ContainsRune("_-./:=@%+,", r)
}
