package target

import (
	"reflect"
	"regexp"
	"strings"
)

// KnownChecks are the names that skip may hold. Package contract sets it when
// the program starts; who adds checks of their own appends theirs before Load.
// While it is empty only the form of a name, area/statement, is checked.
var KnownChecks []string

// Check reports what is wrong with a target that was built in Go, as an
// *Errors without positions. Load has checked what it returns.
func (t *Target) Check() error {
	p := &problems{}
	t.check(p)
	return p.err(t.Path)
}

// check looks for what the types alone do not forbid.
func (t *Target) check(p *problems) {
	checkWords(p, reflect.ValueOf(t).Elem(), "")
	t.checkAddon(p)
	t.checkLaunch(p)
	t.checkPlace(p)
	t.checkEnv(p)
	t.checkEnvFile(p)
	t.checkService(p)
	t.holders(p)
	t.checkRequests(p)
	t.checkOperators(p)
	t.checkJob(p)
	t.checkWorker(p)
	t.checkSkip(p)
	t.checkVersions(p)
}

// checkWords reports texts that are not among a field's words. Service.Port is
// left out: a number will do there too.
func checkWords(p *problems, v reflect.Value, path string) {
	for i := range v.NumField() {
		field, f := v.Type().Field(i), v.Field(i)
		key := field.Tag.Get("yaml")
		if key == "" || key == "-" {
			continue
		}
		at := join(path, key)
		if f.Kind() == reflect.Pointer && !f.IsNil() {
			f = f.Elem()
		}
		switch words := strings.Split(field.Tag.Get("words"), ","); {
		case f.Kind() == reflect.Struct:
			checkWords(p, f, at)
		case f.Kind() == reflect.String && words[0] != "" && at != "service.port":
			checkWord(p, f.String(), at, words)
		}
	}
}

func checkWord(p *problems, got, at string, words []string) {
	if got == "" && !p.given(at) {
		return
	}
	for _, word := range words {
		if got == word {
			return
		}
	}
	if p.broken(at) {
		return
	}
	p.addAt(at, "%s is %q; expected %s%s", at, short(got), quoted(words), didYouMean(got, words))
}

var checkName = regexp.MustCompile(`^[a-z0-9-]+/[a-z0-9-]+$`)

// checkSkip wants known names, each with a reason.
func (t *Target) checkSkip(p *problems) {
	for _, name := range keysOf(t.Skip) {
		at := "skip." + name
		known := checkName.MatchString(name)
		if len(KnownChecks) > 0 {
			known = false
			for _, check := range KnownChecks {
				known = known || check == name
			}
		}
		switch {
		case !known && len(KnownChecks) > 0:
			hint := didYouMean(name, KnownChecks)
			if hint == "" {
				hint = sameArea(name)
			}
			p.addAt(at, "skip names %q, which is no check; expected a name of the catalogue (bgcheck list names them)%s", name, hint)
		case !known:
			p.addAt(at, "skip names %q, which is no check; expected area/statement, as in exec/slow", name)
		}
		if strings.TrimSpace(t.Skip[name]) == "" {
			p.addAt(at, "skip gives no reason for %s; expected a sentence that the report can show", name)
		}
	}
}

// sameArea finds the checks that a name without its area, or an area alone, may mean.
func sameArea(name string) string {
	var near []string
	for _, check := range KnownChecks {
		area, statement, _ := strings.Cut(check, "/")
		if name == area || name == statement || strings.TrimSuffix(name, "/*") == area {
			near = append(near, check)
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + quoted(near) + "?"
}

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// ownVariables are set by the harness, so that nothing of the user's Blender
// profile is read or written.
var ownVariables = regexp.MustCompile(`^(HOME|TMPDIR|BLENDER_USER_.*|BGCHECK_.*)$`)

// checkVariables looks at the names of variables, which stand at the key path.
func checkVariables(p *problems, path string, env map[string]string) {
	for _, name := range keysOf(env) {
		switch {
		case !variableName.MatchString(name):
			p.addAt(path+"."+name, "%s holds the name %q; expected letters, digits and _", path, name)
		case ownVariables.MatchString(name):
			p.addAt(path+"."+name, "%s sets %s, which bgcheck sets itself for each Blender; expected other variables", path, name)
		case strings.ContainsRune(env[name], 0):
			p.addAt(path+"."+name, "%s.%s holds a zero byte; expected text", path, name)
		}
	}
}

// checkEnv looks at the names of variables and mounts.
func (t *Target) checkEnv(p *problems) {
	checkVariables(p, "env", t.Env)
	checkVariables(p, "container.env", t.Container.Env)
	for i, bad := range t.Config {
		path := item("refuses", i)
		checkVariables(p, path+".env", bad.Env)
		if len(bad.Env) == 0 && bad.Args == nil && !p.broken(path) {
			p.addAt(path, "%s changes nothing; expected env, args or both", path)
		}
	}
	for _, name := range keysOf(t.Mounts) {
		at := "mounts." + name
		if !variableName.MatchString(name) {
			p.addAt(at, "mounts holds the name %q; expected letters, digits and _", name)
		}
		if info := t.exists(p, at, t.Mounts[name], "a folder"); info != nil && !info.IsDir() {
			p.addAt(at, "%s is the file %q; expected a folder", at, t.Mounts[name])
		}
	}
}
