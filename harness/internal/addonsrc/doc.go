// Package addonsrc reads the files of an add-on, as far as package target needs
// that to check one and package draft to write about one: what kind it is and
// what Blender calls it, whether a script enables it, and the tokens of its
// Python. It takes a folder, a .py file and a zip. Nothing is run.
//
//	facts := addonsrc.Read("path/to/my_addon")
//	fmt.Println(facts.Module(facts.Extension()))
//	for _, token := range addonsrc.Tokens("import bpy") {
//		fmt.Println(token.Line, token.Text)
//	}
package addonsrc
