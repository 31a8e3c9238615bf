package draft

import (
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// own takes the files that are of the add-on itself, and looks through them: those
// that these name in an import, or as a text, and that those name. A client that lies
// beside it is none of it, nor is a library in a folder of libraries, which is
// imported by its own name. What was taken before is not taken again.
func (s *survey) own(from ...pyFile) {
	at := map[string]int{}
	for i, f := range s.all {
		at[f.module] = i
	}
	take := func(module string) {
		for more := true; more; module = module[:max(strings.LastIndex(module, "."), 0)] { // with the packages that it is in
			if i, ok := at[module]; ok && !s.all[i].own {
				s.all[i].own, from = true, append(from, s.all[i])
			}
			more = module != ""
		}
	}
	take("")
	for ; len(from) > 0; from = from[1:] {
		f := from[0]
		for _, module := range named(f, s.facts.Base) {
			take(module)
		}
		for _, other := range s.all {
			if loads(f.tokens) && strings.HasPrefix(other.module, f.within()+".") {
				take(other.module)
			}
		}
	}
	for _, f := range s.all {
		if f.own && !slices.ContainsFunc(s.files, func(known pyFile) bool { return known.name == f.name }) {
			s.files = append(s.files, f)
			s.file(f)
		}
	}
}

// within is the package that a file's relative imports start from.
func (f pyFile) within() string {
	if strings.HasSuffix(f.name, "/__init__.py") || f.module == "" {
		return f.module
	}
	return f.module[:strings.LastIndex(f.module, ".")]
}

// loads says whether a file imports modules that it does not name: all that lie
// in its folder.
func loads(t addonsrc.Stream) bool {
	return slices.ContainsFunc(t, func(token addonsrc.Token) bool {
		return token.Kind == 'n' && (token.Text == "iter_modules" || token.Text == "walk_packages")
	})
}

// named are the modules below the add-on's that a file may import: what its
// import statements and its texts say, whether it is there or not.
func named(f pyFile, addon string) (modules []string) {
	for i := 0; i < len(f.tokens); i++ {
		if token := f.tokens[i]; token.Kind == 's' {
			modules = append(modules, inText(f, token.Text)...)
			continue
		}
		if !f.tokens[i].First || !f.tokens.Is(i, "import") && !f.tokens.Is(i, "from") {
			continue
		}
		end := i + 1
		for end < len(f.tokens) && !f.tokens[end].First {
			end++
		}
		modules = append(modules, imported(f, f.tokens[i:end], addon)...)
		i = end - 1
	}
	return modules
}

// imported are the modules of one import statement.
func imported(f pyFile, t addonsrc.Stream, addon string) (modules []string) {
	var names []string // before the word import, or behind it; parted by commas
	from := ""
	word := ""
	flush := func() {
		if word != "" {
			names, word = append(names, word), ""
		}
	}
	for i := 1; i < len(t); i++ {
		switch {
		case t.Is(i, "import"):
			from, word = word, ""
		case t.Is(i, "as"):
			i++
		case t.Is(i, ","):
			flush()
		case t[i].Kind == 'n' || strings.Trim(t[i].Text, ".") == "":
			word += t[i].Text
		}
	}
	flush()
	for _, name := range names {
		if !t.Is(0, "from") {
			modules = append(modules, resolve(f, name, addon))
			continue
		}
		base := resolve(f, from, addon)
		modules = append(modules, base, base+"."+name)
	}
	return modules
}

// resolve is a module as a statement in the file names it, below the add-on's:
// "..net.server", "my_addon.server", or "server" alone, which may lie at the
// top of the add-on.
func resolve(f pyFile, name, addon string) string {
	rest := strings.TrimLeft(name, ".")
	dots := len(name) - len(rest)
	if rest != "" {
		rest = "." + rest
	}
	if dots == 0 {
		if inside, ok := strings.CutPrefix(rest, "."+addon); ok && (inside == "" || inside[0] == '.') {
			return inside
		}
		return rest
	}
	within := f.within()
	for ; dots > 1 && within != ""; dots-- {
		within = within[:strings.LastIndex(within, ".")]
	}
	return within + rest
}

// inText are modules that a text may name: "server", ".ops.server",
// "my_addon.server:main".
func inText(f pyFile, text string) []string {
	if text == "" || len(text) > 100 || strings.ContainsAny(text, " \n\t") {
		return nil
	}
	text, _, _ = strings.Cut(strings.TrimSuffix(text, ".py"), ":")
	text = "." + strings.Trim(strings.ReplaceAll(text, "/", "."), ".")
	_, below, _ := strings.Cut(text[1:], ".") // behind the add-on's name
	return []string{text, f.within() + text, "." + below}
}
