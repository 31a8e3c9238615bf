package target

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
	"github.com/bgcheck/bgcheck/harness/internal/regular"
)

// checkLaunch looks at how the service is started.
func (t *Target) checkLaunch(p *problems) {
	l := &t.Launch
	if l.Script != "" && l.Start != "" {
		p.addAt("launch.start", "launch has both script and start; expected one: the script starts the service itself, or our launcher calls start")
	}
	if l.Script != "" || p.given("launch.script") {
		if info := t.exists(p, "launch.script", l.Script, "a Python file"); info != nil && !info.Mode().IsRegular() {
			p.addAt("launch.script", "launch.script %q is %s; expected a Python file", l.Script, regular.Kind(info.Mode()))
		}
	}
	if l.Start == "" && !p.given("launch.start") {
		for _, key := range []struct{ name, value string }{{"step", l.Step}, {"async_loop", l.AsyncLoop}, {"cleanup", l.Cleanup}} {
			if key.value != "" {
				p.addAt("launch."+key.name, "launch.%s is used with launch.start only; expected start: module:function beside it", key.name)
			}
		}
		if len(l.Args) > 0 && l.Script == "" && !p.given("launch.script") && !t.IsJob() {
			p.addAt("launch.args", "launch.args is used with launch.script only; expected script beside it, or flags for Blender's own options")
		}
	} else if l.Script == "" {
		if t.Addon == "" && !p.given("addon") && !p.strange[""] {
			p.addAt("launch.start", "launch.start is given without addon; expected addon: the folder, .py file or zip it is in")
		}
		if len(l.Args) > 0 {
			p.addAt("launch.args", "launch.args is used with launch.script only; start is called without arguments: pass settings by env")
		}
	}
	if l.Step != "" && l.AsyncLoop != "" {
		p.addAt("launch.step", "launch has both step and async_loop; expected one: our launcher calls step, or drives the loop by the module's kick_async_loop")
	}
	t.checkTwice(p)
	t.checkCallable(p, "launch.start", l.Start)
	t.checkCallable(p, "launch.step", l.Step)
	t.checkCallable(p, "launch.cleanup", l.Cleanup)
	if l.AsyncLoop != "" || p.given("launch.async_loop") && !p.broken("launch.async_loop") {
		if !addonsrc.IsModule(strings.TrimPrefix(l.AsyncLoop, ".")) {
			p.addAt("launch.async_loop", "launch.async_loop is %q; expected a module, as in my_addon.async_loop", l.AsyncLoop)
		} else {
			t.checkModule(p, "launch.async_loop", l.AsyncLoop)
		}
	}
	t.checkFlags(p)
}

// checkCallable looks at a "module:function".
func (t *Target) checkCallable(p *problems, at, text string) {
	if text == "" && !p.given(at) || p.broken(at) {
		return
	}
	if !callableName.MatchString(text) {
		hint := ""
		plain := strings.TrimSuffix(strings.TrimSpace(text), "()")
		if i := strings.LastIndexByte(plain, '.'); i > 0 && !strings.Contains(plain, ":") {
			plain = plain[:i] + ":" + plain[i+1:]
		}
		if plain = strings.TrimSuffix(plain, ".py"); plain != text && callableName.MatchString(plain) {
			hint = "; did you mean \"" + plain + "\"?"
		}
		p.addAt(at, "%s is %q; expected module:function, as in my_addon:serve%s", at, text, hint)
		return
	}
	if module, _, ok := strings.Cut(text, ":"); ok && strings.Trim(module, ".") != "" {
		t.checkModule(p, at, module)
	}
}

// checkModule looks whether a module of the add-on is where its name says. What
// is not the add-on's may come from anywhere and is not looked for.
func (t *Target) checkModule(p *problems, at, module string) {
	if t.Addon == "" || p.broken("addon") {
		return
	}
	facts := addonsrc.Read(t.Resolve(t.Addon))
	own := t.Module
	if own == "" {
		own = facts.Module(t.IsExtension())
	}
	inside, isOwn := strings.CutPrefix(module, own)
	switch {
	case strings.HasPrefix(module, "."):
		inside = module
	case isOwn && (inside == "" || inside[0] == '.'):
	default:
		first, rest, _ := strings.Cut(module, ".")
		if rest != "" {
			rest = "." + rest
		}
		if t.IsExtension() && (first == facts.Base || own == addonsrc.ExtensionPrefix+first) {
			p.addAt(at, "%s names module %q, but the add-on is an extension; expected %s or a module in it; did you mean %q?", at, module, own, own+rest)
		} else if near := nearest(first, []string{own}); near != "" {
			p.addAt(at, "%s names module %q; expected %s or a module in it; did you mean %q?", at, module, own, near+rest)
		}
		return
	}
	folder := t.Resolve(t.Addon)
	if info, err := os.Stat(folder); err != nil || !info.IsDir() || inside == "" {
		return
	}
	var there []string
	for _, part := range strings.Split(strings.Trim(inside, "."), ".") {
		there = modulesIn(folder)
		if contains(there, part) {
			folder = filepath.Join(folder, part)
			continue
		}
		p.addAt(at, "%s names module %q, but %s has no module %q; expected a .py file or a folder there%s",
			at, module, t.shown(folder), part, didYouMean(part, there))
		return
	}
}

// modulesIn lists what Python could import from a folder.
func modulesIn(folder string) []string {
	var names []string
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		name, _, _ := strings.Cut(entry.Name(), ".")
		switch filepath.Ext(entry.Name()) {
		case ".py", ".so", ".pyd", ".pyc":
			names = append(names, name)
		case "":
			if entry.IsDir() {
				names = append(names, name)
			}
		}
	}
	return names
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// ownFlags are Blender's options that the harness sets itself.
var ownFlags = map[string]string{
	"-b": "leave it out: bgcheck always runs in background mode", "--background": "leave it out: bgcheck always runs in background mode",
	"-P": "launch.script", "--python": "launch.script", "--factory-startup": "leave it out: bgcheck always sets it",
	"--": "launch.args", "-v": "leave it out: Blender would end at once", "--version": "leave it out: Blender would end at once",
	"-h": "leave it out: Blender would end at once", "--help": "leave it out: Blender would end at once",
}

func (t *Target) checkFlags(p *problems) {
	for i, flag := range t.Launch.Flags {
		at := item("launch.flags", i)
		if p.broken(at) {
			continue
		}
		if instead, own := ownFlags[flag]; own {
			p.addAt(at, "launch.flags holds %s; expected other options: %s", flag, instead)
		} else if strings.HasPrefix(flag, "-") && strings.ContainsAny(flag, " =") && !strings.Contains(flag, "{") {
			parts := strings.FieldsFunc(flag, func(r rune) bool { return r == ' ' || r == '=' })
			p.addAt(at, "launch.flags holds %q in one; expected an item for each word; write %s", flag, asList(strings.Join(parts, " "), "flags"))
		}
	}
}
