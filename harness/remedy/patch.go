package remedy

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// around is how many lines of a file stand before and behind a change.
const around = 3

// Patch is the change as a unified diff, and the folder in which `git apply` takes it.
func (r Remedy) Patch() (base, text string, err error) {
	for _, e := range r.edits {
		folder := filepath.Dir(e.file)
		if base == "" {
			base = folder
		}
		for !within(base, e.file) {
			base = filepath.Dir(base)
		}
	}
	var out strings.Builder
	for _, file := range r.files() {
		rel, err := filepath.Rel(base, file)
		if err != nil {
			return "", "", fmt.Errorf("make the patch: %w", err)
		}
		rel = filepath.ToSlash(rel)
		edits := r.of(file)
		if edits[0].made {
			fmt.Fprintf(&out, "diff --git a/%s b/%s\nnew file mode 100644\n--- /dev/null\n+++ b/%s\n@@ -0,0 +1,%d @@\n", rel, rel, rel, len(edits[0].put))
			for _, line := range edits[0].put {
				out.WriteString("+" + line + "\n")
			}
			continue
		}
		lines, ok := read(file)
		if !ok {
			return "", "", fmt.Errorf("make the patch: %s cannot be read", file)
		}
		fmt.Fprintf(&out, "diff --git a/%s b/%s\n--- a/%s\n+++ b/%s\n", rel, rel, rel, rel)
		hunks(&out, lines, edits)
	}
	return base, out.String(), nil
}

// hunks writes a hunk for each group of edits whose surroundings touch.
func hunks(out *strings.Builder, lines []string, edits []edit) {
	shift := 0
	for len(edits) > 0 {
		n := 1
		for n < len(edits) && edits[n].line-(edits[n-1].line+edits[n-1].cut) <= 2*around {
			n++
		}
		group := edits[:n]
		edits = edits[n:]
		first := max(1, group[0].line-around)
		last := min(len(lines), group[n-1].line+group[n-1].cut-1+around)
		var body strings.Builder
		old, fresh, at := 0, 0, first
		keep := func(to int) {
			for ; at < to; at++ {
				body.WriteString(" " + lines[at-1] + "\n")
				old, fresh = old+1, fresh+1
			}
		}
		for _, e := range group {
			keep(e.line)
			for range e.cut {
				body.WriteString("-" + lines[at-1] + "\n")
				old, at = old+1, at+1
			}
			for _, line := range e.put {
				body.WriteString("+" + line + "\n")
				fresh++
			}
		}
		keep(last + 1)
		fmt.Fprintf(out, "@@ -%d,%d +%d,%d @@\n%s", first, old, first+shift, fresh, body.String())
		shift += fresh - old
	}
}

// files are those that are changed, each once.
func (r Remedy) files() []string {
	var files []string
	for _, e := range r.edits {
		if !slices.Contains(files, e.file) {
			files = append(files, e.file)
		}
	}
	return files
}

// of are the edits of one file, in the order of its lines.
func (r Remedy) of(file string) []edit {
	var kept []edit
	for _, e := range r.edits {
		if e.file == file {
			kept = append(kept, e)
		}
	}
	slices.SortStableFunc(kept, func(a, b edit) int { return a.line - b.line })
	return kept
}

// apply makes the changed lines.
func apply(lines []string, edits []edit) []string {
	for _, e := range slices.Backward(edits) {
		if e.made {
			return e.put
		}
		lines = slices.Concat(lines[:e.line-1], e.put, lines[e.line-1+e.cut:])
	}
	return lines
}

// within says whether a file lies below a folder.
func within(folder, file string) bool {
	rel, err := filepath.Rel(folder, file)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
