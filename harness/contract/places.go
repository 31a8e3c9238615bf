package contract

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

// locate finds the places that a failed result speaks of: lines of the source
// that its diagnosis cites, then those of the traceback or the log line that it
// quotes. A check that gave its places itself keeps them.
func (s *Session) locate(result *report.Result) {
	if result.Verdict != report.Fail && result.Verdict != report.Warn || len(result.Places) > 0 {
		return
	}
	result.Places = append(s.cited(result.Diagnosis+"\n"+result.Seen), s.traced(result)...)
}

// cited are the findings that text names as "file:line", in its order.
func (s *Session) cited(text string) []report.Place {
	type hit struct {
		at    int
		place report.Place
	}
	var hits []hit
	for _, one := range s.Source() {
		at := mention(text, one)
		if at < 0 {
			continue
		}
		if place, ok := s.Place(one.File, one.Line, one.Text); ok {
			hits = append(hits, hit{at, place})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return a.at - b.at })
	var places []report.Place
	for _, h := range hits {
		if !slices.Contains(places, h.place) {
			places = append(places, h.place)
		}
	}
	return places
}

// mention is where text names a finding: as "file:line", or as cite does with the
// line's text, which then must be its; -1 when it does not.
func mention(text string, one explain.Finding) int {
	name := fmt.Sprintf("%s:%d", one.File, one.Line)
	for from := 0; ; {
		at := strings.Index(text[from:], name)
		if at < 0 {
			return -1
		}
		at += from
		from = at + len(name)
		if rest := text[from:]; bounded(text, at, from) && (!strings.HasPrefix(rest, " `") || strings.HasPrefix(rest, " `"+one.Text)) {
			return at
		}
	}
}

// bounded says whether text[begin:end] is no part of a longer path or number.
func bounded(text string, begin, end int) bool {
	word := func(c byte) bool {
		return c == '/' || c == '_' || c == '-' || c == '.' || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
	}
	if begin > 0 && word(text[begin-1]) {
		return false
	}
	return end == len(text) || text[end] < '0' || text[end] > '9'
}

// Place is the line of a file of the target's, named as scan or probes/source.py
// name it: from the add-on's folder or the folder that holds it. Of two files
// of that name it is the one with that text in that line.
func (s *Session) Place(file string, line int, text string) (report.Place, bool) {
	for _, path := range []string{s.target.Launch.Script, s.target.Addon} {
		if path == "" {
			continue
		}
		whole := s.target.Resolve(path)
		if strings.EqualFold(filepath.Ext(whole), ".zip") {
			// Last of the two, so nothing else has it.
			return report.Place{File: whole, Message: fmt.Sprintf("%s:%d: %s", file, line, text)}, true
		}
		for _, folder := range []string{whole, filepath.Dir(whole)} {
			candidate := filepath.Join(folder, filepath.FromSlash(file))
			if lineOf(candidate, line) == strings.TrimSpace(text) {
				return report.Place{File: candidate, Line: line, Message: strings.TrimSpace(text)}, true
			}
		}
	}
	return report.Place{}, false
}

// lineOf is one line of a file without the blanks around it; "" when there is none.
func lineOf(path string, number int) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return ""
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if number--; number == 0 {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

var (
	frameLine = regexp.MustCompile(`^\s*File "([^"]+)", line (\d+)`)
	writtenAt = regexp.MustCompile(`\(at (.+):(\d+)\)$`)
)

// traced reads the evidence: of a traceback whose end the diagnosis or what was
// seen quotes, the last frame in the target's own code; and who wrote a file.
func (s *Session) traced(result *report.Result) []report.Place {
	var places []report.Place
	add := func(path, number string) {
		line, err := strconv.Atoi(number)
		if err != nil {
			return
		}
		file, ok := s.installed(path)
		if !ok {
			return
		}
		if p := (report.Place{File: file, Line: line, Message: lineOf(file, line)}); !slices.Contains(places, p) {
			places = append(places, p)
		}
	}
	var frame []string
	for _, item := range result.Evidence {
		text := strings.TrimPrefix(item, "log: ")
		if at := writtenAt.FindStringSubmatch(text); at != nil {
			add(at[1], at[2])
			continue
		}
		if at := frameLine.FindStringSubmatch(text); at != nil {
			if _, ok := s.installed(at[1]); ok {
				frame = at
			}
			continue
		}
		if frame == nil || text == "" || strings.HasPrefix(text, " ") {
			continue
		}
		if strings.Contains(result.Diagnosis+"\n"+result.Seen, text) {
			add(frame[1], frame[2])
		}
		frame = nil
	}
	return places
}

// Installed is the line of a file of the target's own that Blender knows as path.
func (s *Session) Installed(path string, line int) (report.Place, bool) {
	file, ok := s.installed(path)
	if !ok {
		return report.Place{}, false
	}
	return report.Place{File: file, Line: line, Message: lineOf(file, line)}, true
}

// installed is the target's own file that Blender knows as path: the launch
// script and what lies beside it, or the copy of the add-on in the profile.
func (s *Session) installed(path string) (string, bool) {
	slashed := strings.ReplaceAll(path, `\`, "/")
	exists := func(file string) (string, bool) {
		info, err := os.Stat(file)
		return file, err == nil && info.Mode().IsRegular()
	}
	if addon := s.target.Addon; addon != "" {
		whole := s.target.Resolve(addon)
		for _, folder := range []string{"/scripts/addons/", "/extensions/user_default/"} {
			_, rest, found := strings.Cut(slashed, folder)
			if !found {
				continue
			}
			if info, err := os.Stat(whole); err == nil && info.IsDir() {
				module, inside, _ := strings.Cut(rest, "/")
				if module != lastOfDots(s.target.Module) {
					return "", false
				}
				return exists(filepath.Join(whole, filepath.FromSlash(inside)))
			}
			if filepath.Base(whole) == rest {
				return exists(whole)
			}
			return "", false
		}
		if Below(whole, path) {
			return exists(path)
		}
	}
	if script := s.target.Launch.Script; script != "" && Below(filepath.Dir(s.target.Resolve(script)), path) {
		return exists(path)
	}
	return "", false
}

// lastOfDots is the folder's name of bl_ext.user_default.NAME.
func lastOfDots(module string) string { return module[strings.LastIndexByte(module, '.')+1:] }

// Below says whether a path lies in a folder, or is it.
func Below(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
