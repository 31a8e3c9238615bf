package target

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// Hosted says whether the add-on has no service of its own, which is what most
// add-ons are: bgcheck enables it and keeps Blender alive with its own service.
// So it is where a target names an add-on and neither launches nor asks anything,
// or says protocol none.
func (t *Target) Hosted() bool {
	if t.Job != nil || t.Worker != nil || t.Addon == "" && t.Module == "" || t.Launch.Script != "" || t.Launch.Start != "" {
		return false
	}
	s := t.Service
	asks := s.Port != "" || s.Socket != "" || s.Announce != "" || len(s.Command) > 0 || len(t.exchanges()) > 0 || t.uses("{port}")
	return s.Protocol == "none" || s.Protocol == "" && !asks
}

// Brought says whether the add-on is one that Blender brings, of which the target
// names the module alone.
func (t *Target) Brought() bool { return t.Addon == "" && t.Module != "" }

// RequiredModules are the entries of Requires that are no paths: Python modules,
// or add-ons that Blender brings, which must be there already.
func (t *Target) RequiredModules() []string {
	var names []string
	for _, name := range t.Requires {
		if t.isRequiredModule(name) {
			names = append(names, name)
		}
	}
	return names
}

// RequiredPaths are the entries of Requires that are add-ons to install.
func (t *Target) RequiredPaths() []string {
	var paths []string
	for _, name := range t.Requires {
		if !t.isRequiredModule(name) {
			paths = append(paths, name)
		}
	}
	return paths
}

// isRequiredModule tells numpy from ../other_addon and other_addon.zip.
func (t *Target) isRequiredModule(name string) bool {
	if !addonsrc.IsModule(name) || filepath.Ext(name) == ".py" || filepath.Ext(name) == ".zip" {
		return false
	}
	_, err := os.Stat(t.Resolve(name))
	return err != nil
}

// Operator is one that bgcheck runs without a window, and what it must have done
// then.
type Operator struct {
	// Idname is its name as Python calls it, e.g. mesh.thing_add.
	Idname string `yaml:"idname"`
	// With are its arguments, by name.
	With string `yaml:"args" unit:"payload"`
	// Effect is what must have come of it when it has returned FINISHED; default:
	// nothing is looked for.
	Effect Effect `yaml:"effect"`
	// In is what is active and selected when it is run, in a file made anew.
	In string `yaml:"in" words:"mesh,edit-mesh,two-meshes,curve,edit-curve,pose,camera,nothing" default:"mesh"`
	// Before is Python that is run first, with bpy at hand.
	Before string `yaml:"before"`
}

// Effect is one of three things to look for.
type Effect struct {
	// File is one that must have been written; {scratch} is a folder for it.
	File string `yaml:"file"`
	// Object is the name of one that must be new in bpy.data.objects.
	Object string `yaml:"object"`
	// Expression is Python, with bpy at hand, that must be true.
	Expression string `yaml:"expression"`
}

var operatorName = regexp.MustCompile(`^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$`)

// checkOperators looks at what is to be run.
func (t *Target) checkOperators(p *problems) {
	for i, one := range t.Operators {
		at := item("operators", i)
		if !operatorName.MatchString(one.Idname) && !p.broken(at+".idname") {
			hint := ""
			if plain := strings.TrimSuffix(strings.TrimPrefix(one.Idname, "bpy.ops."), "()"); plain != one.Idname && operatorName.MatchString(plain) {
				hint = fmt.Sprintf("; did you mean %q?", plain)
			} else if group, name, ok := strings.Cut(one.Idname, "_OT_"); ok {
				hint = fmt.Sprintf("; did you mean %q?", strings.ToLower(group)+"."+name)
			}
			p.addAt(at+".idname", "%s.idname is %q; expected the operator's name as Python calls it, as in mesh.thing_add%s", at, one.Idname, hint)
		}
		if given := strings.TrimSpace(one.With); given != "" && !strings.HasPrefix(given, "{") {
			p.addAt(at+".args", "%s.args is %q; expected a mapping of arguments, as in {size: 2.0}", at, short(one.With))
		}
		checkWords(p, reflect.ValueOf(one), at)
		kinds := 0
		for _, text := range []string{one.Effect.File, one.Effect.Object, one.Effect.Expression} {
			if text != "" {
				kinds++
			}
		}
		if kinds > 1 {
			p.addAt(at+".effect", "%s.effect names %d things; expected one: file, object or expression", at, kinds)
		}
	}
	if len(t.Operators) > 0 && t.Addon == "" && t.Module == "" {
		p.addAt("operators", "operators is given without addon; expected addon: the folder, .py file or zip that has them")
	}
}
