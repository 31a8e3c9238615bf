// Package draft writes a first target file by reading an add-on's source. What
// it is sure of it writes, with the line of the source that it comes from; what
// it cannot tell is marked TODO. Nothing is run, and Python is not needed.
//
//	file, err := draft.File("path/to/my_addon") // bgcheck.yaml beside it
//	if err != nil {
//		return err
//	}
//	text, notes, err := draft.Text("path/to/my_addon", file)
//	if err != nil {
//		return err
//	}
//	fmt.Println(strings.Join(notes, "\n"))
//	return os.WriteFile(file, text, 0o644)
//
// A draft need not be written to be used: target.Parse(file, text) is the
// target that Load would give.
//
// It goes in two steps. A survey (survey.go, surveyname.go, lookup.go) notes
// names, texts, calls and where they stand; the rest, a file for each part of a
// target file, guesses from that.
package draft
