package command

import (
	"github.com/bgcheck/bgcheck/harness/draft"
	"github.com/bgcheck/bgcheck/harness/target"
)

// drafted is a first target for an add-on, by reading it, and what it was read
// from. Nothing is written.
func drafted(addon string) (*target.Target, []string, error) {
	file, err := draftFile(addon)
	if err != nil {
		return nil, nil, err
	}
	text, notes, err := draftText(addon, file)
	if err != nil {
		return nil, nil, err
	}
	under, err := target.Parse(file, text)
	if err != nil {
		return nil, notes, err
	}
	under.Path = "" // there is none
	return under, notes, nil
}

// draftText and draftFile are the package that drafts.
func draftText(addon, file string) (text []byte, notes []string, err error) {
	return draft.Text(addon, file)
}

func draftFile(addon string) (string, error) { return draft.File(addon) }
