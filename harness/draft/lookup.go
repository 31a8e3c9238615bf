package draft

import "github.com/bgcheck/bgcheck/harness/internal/addonsrc"

// executed notes the key whose value is handed to exec() or eval(): looked up
// there, or put into the name that is handed over, or handed to the function
// that runs its parameter.
func (s *survey) executed(file string, t addonsrc.Stream) {
	within := "" // the function that this is in
	for i := range t {
		if t.Is(i, "def") {
			within = t.Text(i + 1)
		}
		runs := t.Is(i, "exec", "(") || t.Is(i, "eval", "(")
		if s.execKey.ok || !runs || t.Is(i-1, ".") || t.Is(i-1, "def") {
			continue
		}
		run := i + 2
		if t.Is(run, "compile", "(") {
			run += 2
		}
		if s.execKey = lookedUp(t, file, run, 6); s.execKey.ok || t.At(run).Kind != 'n' {
			continue
		}
		for n := range t {
			switch {
			case t.Is(n, t.Text(run), "=") && !t.Is(n+2, "=") && t.At(n).First:
				s.execKey = lookedUp(t, file, n+2, 8)
			case t.Is(n, within, "(") && within != "" && !t.Is(n-1, "def"):
				s.execKey = lookedUp(t, file, n+2, 8)
			}
			if s.execKey.ok {
				break
			}
		}
	}
}

// valueAfter is the key that is looked up soon behind a word that requests are
// told apart by, before the next such word.
func valueAfter(t addonsrc.Stream, file string, begin int) word {
	for i := begin; i < begin+25 && !t.Is(i, "=", "="); i++ {
		if key := lookedUp(t, file, i, 1); key.ok {
			return key
		}
	}
	return word{}
}

// lookedUp is the first key that is looked up in an expression of at most so
// many tokens, m["code"] or m.get("code"), and the one that m itself is.
func lookedUp(t addonsrc.Stream, file string, begin, most int) word {
	for i := begin; i < begin+most && i < len(t) && (i == begin || !t.At(i).First); i++ {
		if !isKey(t, i) {
			continue
		}
		found := word{text: t.Text(i), at: place{file, t.At(i).Line}, ok: true, exact: true}
		if t.Is(i+1, "]", "[") && isKey(t, i+3) { // m["params"]["code"]
			found.under, found.text = found.text, t.Text(i+3)
			return found
		}
		found.under = keyOf(t, t.Text(base(t, i)))
		return found
	}
	return word{}
}

// isKey says whether a text is looked up, and not set.
func isKey(t addonsrc.Stream, i int) bool {
	return t.At(i).Kind == 's' && (t.Is(i-1, "[") && t.Is(i+1, "]") && (!t.Is(i+2, "=") || t.Is(i+2, "=", "=")) ||
		t.Is(i-2, "get", "(") || t.Is(i-2, "pop", "("))
}

// base is where the mapping stands in which the text at i is looked up.
func base(t addonsrc.Stream, i int) int {
	if t.Is(i-1, "[") {
		return i - 2
	}
	return i - 4 // m . get (
}

// keyOf is the key whose value a name is given: params = m.get("params", {}).
func keyOf(t addonsrc.Stream, name string) string {
	for n := range t {
		if name == "" || !t.Is(n, name, "=") || t.Is(n+2, "=") {
			continue
		}
		for i := n + 2; i < n+10 && !t.At(i).First; i++ {
			if isKey(t, i) && !t.Is(base(t, i), name) {
				return t.Text(i)
			}
		}
	}
	return ""
}
