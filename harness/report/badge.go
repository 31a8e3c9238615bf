package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
)

const badgeLabel = "background mode"

// badge is the verdict in a word or two, and its colour.
func (r *Report) badge() (message, name, colour string) {
	switch err := r.Err(); {
	case err == nil:
		return fmt.Sprintf("%d passed", r.Count(Pass)), "brightgreen", "#2f7d32"
	case r.Count(Fail) > 0:
		return fmt.Sprintf("%d failed", r.Count(Fail)), "red", "#b3261e"
	}
	return "not judged", "lightgrey", "#5f666d"
}

// BadgeJSON is the verdict as shields.io reads it from an address ("endpoint").
func (r *Report) BadgeJSON() ([]byte, error) {
	message, colour, _ := r.badge()
	data, err := json.Marshal(struct {
		Version int    `json:"schemaVersion"`
		Label   string `json:"label"`
		Message string `json:"message"`
		Color   string `json:"color"`
	}{1, badgeLabel, message, colour})
	if err != nil {
		return nil, fmt.Errorf("encode badge: %w", err)
	}
	return append(data, '\n'), nil
}

var badgeTemplate = template.Must(template.New("badge").Parse(
	`<svg xmlns="http://www.w3.org/2000/svg" width="{{.Width}}" height="20" role="img" aria-label="{{.Label}}: {{.Message}}">` +
		`<title>{{.Label}}: {{.Message}}</title>` +
		`<rect width="{{.Left}}" height="20" fill="#444"/><rect x="{{.Left}}" width="{{.Right}}" height="20" fill="{{.Colour}}"/>` +
		`<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">` +
		`<text x="8" y="14" textLength="{{.LabelLength}}">{{.Label}}</text>` +
		`<text x="{{.MessageAt}}" y="14" textLength="{{.MessageLength}}">{{.Message}}</text></g></svg>` + "\n"))

// Badge is the verdict as a small SVG picture.
func (r *Report) Badge() ([]byte, error) {
	const letter, side = 6.5, 8 // about the width of a letter, in pixels
	message, _, colour := r.badge()
	wide := func(text string) int { return int(letter * float64(len(text))) }
	label, said := wide(badgeLabel), wide(message)
	var b bytes.Buffer
	err := badgeTemplate.Execute(&b, map[string]any{
		"Label": badgeLabel, "Message": message, "Colour": colour, "LabelLength": label, "MessageLength": said,
		"Left": label + 2*side, "Right": said + 2*side, "Width": label + said + 4*side, "MessageAt": label + 3*side,
	})
	if err != nil {
		return nil, fmt.Errorf("draw badge: %w", err)
	}
	return b.Bytes(), nil
}
