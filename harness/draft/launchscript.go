package draft

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// notLaunch are files beside an add-on that launch nothing.
var notLaunch = regexp.MustCompile(`^(test_.*|.*_test|tests|setup|conftest|build|release|package|client.*|install|__init__|__main__)\.py$`)

// looksLaunch are names of files that do.
var looksLaunch = regexp.MustCompile(`(?i)(launch|start|serve|server|run|background|headless|keep_?alive|daemon|main)`)

// scriptFolders are where people keep such scripts, below the repository.
var scriptFolders = []string{"", "scripts", "script", "tools", "bin", "launch", "background", "examples"}

// launchScript is a file that looks like what launches the add-on.
type launchScript struct {
	file     string
	source   pyFile
	survey   *survey
	imports  place // of the add-on
	drive    string
	drives   place // the call that keeps Blender alive
	enables  bool
	imported bool
	waits    bool
}

// score says how much it looks like that; 0 and less not at all.
func (l *launchScript) score(named bool) int {
	score := 0
	for _, one := range []struct {
		so    bool
		worth int
	}{{l.imported, 4}, {l.enables, 3}, {l.waits, 3}, {named, 1}, {looksLaunch.MatchString(filepath.Base(l.file)), 2}} {
		if one.so {
			score += one.worth
		}
	}
	if !l.imported && (!l.waits || !l.enables && !named && score < 5) {
		return 0
	}
	return score
}

// candidates are the Python files that may launch the add-on: beside it, at the top
// of its repository and in the usual folders there.
func (d *draft) candidates(addon string) []string {
	var files []string
	for _, folder := range []string{filepath.Dir(addon), d.folder} {
		for _, inside := range scriptFolders {
			found, _ := filepath.Glob(filepath.Join(folder, inside, "*.py"))
			for _, file := range found[:min(len(found), 40)] {
				info, err := os.Stat(file)
				if file != addon && err == nil && info.Mode().IsRegular() && !notLaunch.MatchString(filepath.Base(file)) && !slices.Contains(files, file) {
					files = append(files, file)
				}
			}
		}
	}
	return files
}

// ownScript looks for a script that launches the add-on, and writes the launch when
// there is one.
func (d *draft) ownScript() bool {
	addon := filepath.Join(d.base, filepath.FromSlash(d.addon))
	var best *launchScript
	most := 0
	for _, file := range d.candidates(addon) {
		if d.isOwn(addon, file) {
			continue
		}
		text := string(addonsrc.ReadFile(file))
		l := &launchScript{file: file, survey: newSurvey(), enables: addonsrc.Enables(text, d.module)}
		l.source = pyFile{name: filepath.Base(file), tokens: addonsrc.Tokens(text)}
		l.survey.file(l.source)
		l.drive, l.drives, l.waits = anyOf(l.survey.calls, "kick_async_loop", "run_forever", "serve_forever", "run_until_complete", "pause", "sigwait", "sleep", "wait", "join")
		own := draft{survey: l.survey}
		l.imports, l.imported = own.has(d.module)
		_, named := l.survey.texts[d.module]
		if score := l.score(named); score > most {
			best, most = l, score
		}
	}
	if best == nil {
		return false
	}
	if best.survey.all = []pyFile{best.source}; !best.waits && !serves(best.survey) && !serves(d.survey) {
		name := d.relative(best.file)
		d.line("# %s uses it, does its work and ends: that is a job, for a target file of its own.", comment(name))
		d.note("%s uses it and ends, a job of its own: bgcheck init --to job.yaml %s", name, name)
		return false
	}
	d.launchBy(best)
	return true
}

// isOwn says whether a file is a module of the add-on's, which the rest of it names.
func (d *draft) isOwn(addon, file string) bool {
	rel, err := filepath.Rel(addon, file)
	if err != nil || strings.HasPrefix(rel, "..") {
		return false
	}
	return slices.ContainsFunc(d.files, func(f pyFile) bool {
		return strings.TrimPrefix(f.name, d.label) == filepath.ToSlash(rel)
	})
}

// launchBy writes the launch by a script.
func (d *draft) launchBy(l *launchScript) {
	name := d.relative(l.file)
	if l.enables {
		d.line("# %s enables the add-on itself.", comment(name))
		d.line("enable: script")
	}
	d.line("launch:")
	if l.imported {
		d.line("  # It imports the add-on (%s).", l.imports)
	}
	if l.waits {
		d.line("  # It keeps Blender alive, by %s (%s).", l.drive, l.drives)
	}
	d.line("  script: %s", scalar(name))
	d.note("launch script: %s", name)
	for _, read := range l.survey.env {
		if !slices.ContainsFunc(d.env, func(known envRead) bool { return known.name == read.name }) {
			d.env = append(d.env, read)
		}
	}
	d.ports = append(d.ports, l.survey.ports...)
	d.own(l.source)
	d.arguments(l.survey)
	d.line("")
}
