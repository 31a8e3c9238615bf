package target

import (
	"strings"
	"testing"
)

func TestATargetWithoutAServiceIsHosted(t *testing.T) {
	for text, want := range map[string]bool{
		"addon: my_addon": true,
		"addon: my_addon\nservice: {protocol: none}":                                  true,
		"module: io_scene_gltf2":                                                      true,
		"addon: my_addon\nenv: {MY_LEVEL: 3}":                                         true,
		"addon: my_addon\nlaunch: {start: serve}":                                     false,
		"addon: my_addon\nenv: {MY_PORT: \"{port}\"}":                                 false,
		"addon: my_addon\nservice: {port: 9876}":                                      false,
		"addon: my_addon\nservice: {protocol: tcp-json}":                              false,
		"addon: my_addon\nexec: {request: {code: \"{code}\"}}":                        false,
		"launch: {script: my_addon/__init__.py}\nservice: {protocol: none}":           false,
		"addon: my_addon\nlaunch: {start: serve}\nservice: {protocol: none}\nname: x": false,
	} {
		made, err := Parse("testdata/examples/async-loop/bgcheck.yaml", []byte(text+"\n"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if made.Hosted() != want {
			t.Errorf("%s: hosted %v; want %v", text, made.Hosted(), want)
		}
		if made.SetDefaults(); made.Hosted() != want {
			t.Errorf("%s: with its defaults hosted %v; want %v", text, made.Hosted(), want)
		}
	}
}

func TestRequiredModulesAreToldFromPaths(t *testing.T) {
	made, err := Parse("testdata/examples/script/bgcheck.yaml", []byte("addon: my_addon\nrequires: [helpers, numpy, os.path]\n"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "modules", made.RequiredModules(), []string{"numpy", "os.path"})
	want(t, "paths", made.RequiredPaths(), []string{"helpers"})
}

func TestOperatorsThatCannotBeRunAreMistakes(t *testing.T) {
	for text, said := range map[string]string{
		"{idname: bpy.ops.mesh.thing_add()}":                          `did you mean "mesh.thing_add"?`,
		"{idname: MESH_OT_thing_add}":                                 `did you mean "mesh.thing_add"?`,
		"{args: {size: 2}}":                                           `operators[0].idname is ""`,
		"{idname: mesh.thing_add, args: [2]}":                         "expected a mapping of arguments",
		"{idname: mesh.thing_add, in: edit_mesh}":                     `did you mean "edit-mesh"?`,
		"{idname: mesh.thing_add, effect: {file: a, object: Thing}}":  "names 2 things; expected one",
		"{idname: mesh.thing_add, effect: {expression: 1, thing: 2}}": `unknown key "thing" in operators[0].effect`,
	} {
		_, err := Parse("testdata/examples/async-loop/bgcheck.yaml", []byte("addon: my_addon\noperators: ["+text+"]\n"))
		if err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%s: %v; want %s", text, err, said)
		}
	}
}
