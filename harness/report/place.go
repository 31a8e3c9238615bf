package report

import (
	"os"
	"path/filepath"
	"strings"
)

// maxPlaces bounds the places of one result.
const maxPlaces = 100

// cleanPlaces makes places fit for a report: fit characters, bounded, each once.
func cleanPlaces(places []Place) []Place {
	var kept []Place
	seen := map[Place]bool{}
	for _, p := range places {
		p.File = strings.TrimSpace(Clean(p.File))
		p.Message = bound(strings.TrimSpace(Clean(p.Message)), maxLine)
		p.Line = max(p.Line, 0)
		if p.File == "" || seen[p] || len(kept) == maxPlaces {
			continue
		}
		seen[p] = true
		kept = append(kept, p)
	}
	return kept
}

// repository is the folder that code-scanning views take paths from: the top
// of the git checkout that holds file, or file's own folder when there is none.
func repository(file string) string {
	folder := filepath.Dir(file)
	for at := folder; ; at = filepath.Dir(at) {
		// .git is a file in worktrees and submodules.
		if _, err := os.Lstat(filepath.Join(at, ".git")); err == nil {
			return at
		}
		if at == filepath.Dir(at) {
			return folder
		}
	}
}

// within gives path from root with forward slashes; ok is false when it lies
// elsewhere.
func within(root, path string) (rel string, ok bool) {
	for _, pair := range [][2]string{{root, path}, {real(root), real(path)}} {
		rel, err := filepath.Rel(pair[0], pair[1])
		if err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel), true
		}
	}
	return filepath.ToSlash(path), false
}

// real follows symbolic links, where the path exists.
func real(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	return path
}

// shown are the places to show a result at; for one that has none, the first
// line of its target file. The list is empty when not even that is known.
func (r *Report) shown(check Result) []Place {
	if len(check.Places) > 0 {
		return check.Places
	}
	file := check.TargetFile
	if file == "" {
		file = r.TargetFile
	}
	if file == "" {
		return nil
	}
	return []Place{{File: file, Line: 1}}
}

// root is the repository that the report's paths are told from.
func (r *Report) root() string {
	if r.TargetFile == "" {
		return ""
	}
	return repository(r.TargetFile)
}

// advice tells what is a warning, and no fault that was seen.
func (r Result) advice() bool { return r.Verdict == Warn || r.area() == "source" }
