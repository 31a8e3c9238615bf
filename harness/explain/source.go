package explain

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// Finding is a line of the target's Python source that can explain a fault.
type Finding struct {
	Kind string // one of the patterns' below
	File string // relative to the add-on's or the script's folder
	Line int
	Text string
}

// Findings are all such lines of the add-on and the launch script.
type Findings []Finding

// patterns are searched line by line, outside comments and long strings. The
// checks of source/* read the syntax tree instead; here a hint is enough.
var patterns = []struct {
	kind    string
	pattern *regexp.Regexp
}{
	{"timer", regexp.MustCompile(`bpy\.app\.timers\.register\b`)},
	{"asyncio", regexp.MustCompile(`\b(asyncio|await)\b`)},
	{"modal", regexp.MustCompile(`\b(modal_handler_add|event_timer_add)\b`)},
	{"thread", regexp.MustCompile(`\b(threading\.Thread|Thread|ThreadPoolExecutor|start_new_thread|ThreadingTCPServer|ThreadingHTTPServer|ThreadingMixIn|run_in_executor|to_thread)\s*\(`)},
	{"atexit", regexp.MustCompile(`\batexit\.register\b`)},
	{"daemon", regexp.MustCompile(`\bdaemon(_threads)?\s*=\s*True|setDaemon\(True\)`)},
	{"sigterm", regexp.MustCompile(`\bSIGTERM\b`)},
	{"sigint", regexp.MustCompile(`\bSIGINT\b`)},
	{"sleep", regexp.MustCompile(`(^|[^.\w]|\btime\.)sleep\s*\(`)},
	{"exit", regexp.MustCompile(`\b(sys\.exit|os\._exit|raise\s+SystemExit)\b`)},
	{"catch", regexp.MustCompile(`^\s*except\s*(BaseException\b.*)?:|^\s*except\s+Exception\b`)},
	{"catch-exit", regexp.MustCompile(`^\s*except\s*:|^\s*except\s+\(?.*\b(BaseException|SystemExit)\b`)},
	{"new-loop", regexp.MustCompile(`\bnew_event_loop\s*\(`)},
	{"run-forever", regexp.MustCompile(`\brun_forever\s*\(`)},
	{"kick", regexp.MustCompile(`\bkick_async_loop\s*\(`)},
	{"status", regexp.MustCompile(`^\s*(if\s+not|while)\s+.*\b(is_running|is_up|running|is_alive|status)\b.*:`)},
	{"any", regexp.MustCompile(`['"]0\.0\.0\.0['"]|['"]::['"]|INADDR_ANY|\(\s*['"]{2}\s*,`)},
	{"argv", regexp.MustCompile(`\bsys\.argv\b`)},
	{"chmod", regexp.MustCompile(`\bos\.(chmod|umask)\(`)},
	{"unix-bind", regexp.MustCompile(`\.bind\(|\b(create_unix_server|start_unix_server|UnixStreamServer)\(`)},
	{"print", regexp.MustCompile(`(^|[^.\w])print\s*\((?:[^#]*)$`)},
	{"port", regexp.MustCompile(`(?i)\bport\b.*(environ|getenv|argv)|(environ|getenv|argv).*port`)},
	{"exec", regexp.MustCompile(`(^|[^.\w])(exec|eval)\s*\(`)},
	{"exit-text", regexp.MustCompile(`\b(SystemExit|sys\.exit)\(\s*[rfRF]{0,2}['"]`)},
	{"stdin", regexp.MustCompile(`\bsys\.stdin\b|(^|[^.\w])input\s*\(`)},
	{"print", regexp.MustCompile(`(^|[^.\w])print\s*\(`)},
	{"quit", regexp.MustCompile(`\bwm\.quit_blender\b`)},
	{"child", regexp.MustCompile(`\b(subprocess\.|Popen\(|multiprocessing\b|os\.fork\()`)},
}

// First is where a pattern was found first, e.g. "handler.py:41", or "".
func (f Findings) First(kind string) string {
	for _, one := range f {
		if one.Kind == kind {
			return fmt.Sprintf("%s:%d", one.File, one.Line)
		}
	}
	return ""
}

// Cite quotes the first place of a kind: "handler.py:41 `time.sleep(1)`".
func (f Findings) Cite(kind string) string {
	for _, one := range f {
		if one.Kind == kind {
			return fmt.Sprintf("%s:%d `%s`", one.File, one.Line, one.Text)
		}
	}
	return ""
}

// inFile keeps the findings in files of that name.
func (f Findings) inFile(name string) Findings {
	var kept Findings
	for _, one := range f {
		if path.Base(one.File) == name {
			kept = append(kept, one)
		}
	}
	return kept
}

// Perhaps cites the source for the end of a diagnosis, or adds nothing.
func (f Findings) Perhaps(kind string) string {
	if at := f.Cite(kind); at != "" {
		return fmt.Sprintf(" (perhaps at %s)", at)
	}
	return ""
}

// with keeps the findings of a kind whose line holds text.
func (f Findings) with(kind, text string) Findings {
	var kept Findings
	for _, one := range f {
		if one.Kind == kind && strings.Contains(one.Text, text) {
			kept = append(kept, one)
		}
	}
	return kept
}

// After keeps the findings of a kind that stand behind the first one of the kind
// anchor in the same file.
func (f Findings) After(anchor, kind string) Findings {
	return f.near(anchor, kind, func(anchor, line int) bool { return line > anchor })
}

// beside keeps the findings of a kind in files that have one of the kind anchor.
func (f Findings) beside(anchor, kind string) Findings {
	return f.near(anchor, kind, func(int, int) bool { return true })
}

func (f Findings) near(anchor, kind string, fits func(anchor, line int) bool) Findings {
	var kept Findings
	begin := map[string]int{}
	for _, one := range f {
		if _, known := begin[one.File]; !known && one.Kind == anchor {
			begin[one.File] = one.Line
		}
	}
	for _, one := range f {
		if at, ok := begin[one.File]; ok && one.Kind == kind && fits(at, one.Line) {
			kept = append(kept, one)
		}
	}
	return kept
}

// Read reads a .py file, a folder or a zip. What cannot be read is left out: a
// diagnosis does without it.
func Read(file string) Findings {
	info, err := os.Stat(file)
	if err != nil {
		return nil
	}
	if info.IsDir() {
		return scanFS(os.DirFS(file))
	}
	if strings.EqualFold(filepath.Ext(file), ".zip") {
		archive, err := zip.OpenReader(file)
		if err != nil {
			return nil
		}
		defer func() { _ = archive.Close() }()
		return scanFS(&archive.Reader)
	}
	return ReadText(filepath.Base(file), string(addonsrc.ReadFile(file)))
}

func scanFS(tree fs.FS) Findings {
	var found Findings
	_ = fs.WalkDir(tree, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if entry.IsDir() && path != "." && addonsrc.NoPart(tree, path) {
			return fs.SkipDir
		}
		if entry.IsDir() || filepath.Ext(path) != ".py" {
			return nil
		}
		file, err := regular.OpenIn(tree, path)
		if err != nil {
			return nil
		}
		defer func() { _ = file.Close() }()
		text, err := io.ReadAll(io.LimitReader(file, 1<<20))
		if err == nil {
			found = append(found, ReadText(path, string(text))...)
		}
		return nil
	})
	return found
}

// guards is how many lines a question for background mode reaches: a timer within
// them is taken to be for windows.
const guards = 6

// ReadText looks at the lines of one file.
func ReadText(file, text string) Findings {
	var found Findings
	number, quote := 0, ""
	asked := -guards // the last line that asks for background mode
	for line := range strings.Lines(text) {
		number++
		var code string
		code, quote = codeOf(line, quote)
		if strings.TrimSpace(code) == "" {
			continue
		}
		if strings.Contains(code, "background") {
			asked = number
		}
		for _, p := range patterns {
			if !p.pattern.MatchString(code) {
				continue
			}
			kind := p.kind
			if kind == "timer" && number-asked < guards {
				kind = "window-timer"
			}
			found = append(found, Finding{kind, file, number, strings.TrimSpace(line)})
		}
	}
	return found
}

// codeOf cuts comments and what lies in triple quotes off a line; quote is the
// triple quote that is open at its begin, and the one open at its end is returned.
func codeOf(line, quote string) (code, open string) {
	var out strings.Builder
	for line != "" {
		if quote != "" {
			end := strings.Index(line, quote)
			if end < 0 {
				return out.String(), quote
			}
			line, quote = line[end+3:], ""
			continue
		}
		begin := strings.IndexAny(line, `"'#`)
		if begin < 0 {
			out.WriteString(line)
			break
		}
		out.WriteString(line[:begin])
		line = line[begin:]
		switch {
		case line[0] == '#':
			return out.String(), ""
		case strings.HasPrefix(line, `"""`), strings.HasPrefix(line, `'''`):
			quote, line = line[:3], line[3:]
		default:
			end := closing(line)
			out.WriteString(line[:end])
			line = line[end:]
		}
	}
	return out.String(), quote
}

// closing is the position behind the string literal at the begin of line.
func closing(line string) int {
	for i := 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case line[0]:
			return i + 1
		}
	}
	return len(line)
}
