// Package target holds what is under test: an add-on, how it is launched, how
// it is spoken to, its budgets. It is read from a file, bgcheck.yaml:
//
//	addon: my_addon
//	launch: {start: my_addon:serve}
//	env: {MY_PORT: "{port}"}
//	exec: {request: {code: "{code}"}}
//
// Load reads such a file and reports every mistake in it at once, each with its
// line, its column, what was expected and the nearest valid word:
//
//	t, err := target.Load("path/to/bgcheck.yaml")
//	var mistakes *target.Errors
//	if errors.As(err, &mistakes) {
//		for _, m := range mistakes.Problems {
//			fmt.Println(m.Line, m.Column, m.Message)
//		}
//	}
//
// A target may be built in Go as well; Check and SetDefaults then do what Load
// does for a file, and Parse for a text. Package draft writes a first file.
// Schema and Markdown describe the file; both are made from the Target type.
package target
