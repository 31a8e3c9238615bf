package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page/page.html page/lives.html page/page.css page/page.js
var pageFiles embed.FS

// style and script are the page's own, told by their hashes to its content
// security policy: nothing else runs in it, and nothing is fetched.
var (
	style  = pageFile("page/page.css")
	script = pageFile("page/page.js")
	policy = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src data:; style-src " + hashOf(style) + "; script-src " + hashOf(script)
)

var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own file
	"script": func() template.JS { return template.JS(script) },  //nolint:gosec // our own file
	"policy": func() string { return policy },
	"blocks": blocks,
	"join":   func(list []string) string { return strings.Join(list, ", ") },
	"glyph":  func(v Verdict) string { return glyphs[v] },
}).ParseFS(pageFiles, "page/page.html", "page/lives.html"))

// glyphs stand beside a verdict's word, so that colour is never all there is.
var glyphs = map[Verdict]string{Pass: "✓", Fail: "✗", Warn: "!", Skip: "–", Inconclusive: "?"}

func pageFile(name string) string {
	data, err := pageFiles.ReadFile(name)
	if err != nil {
		panic(err) // it is embedded
	}
	return string(data)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// HTML is the content of report.html: one page that needs nothing else, made of
// one record or of several: of shards, which are put together, of versions,
// backends and targets, which stand side by side. Nothing in it is taken from
// anywhere but the records. It is an error to give none.
func HTML(records ...*Report) ([]byte, error) {
	if len(records) == 0 {
		return nil, fmt.Errorf("make the page: no record was given")
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, newPage(records)); err != nil {
		return nil, fmt.Errorf("make the page: %w", err)
	}
	return b.Bytes(), nil
}

// block is a stretch of a remedy: running text, or lines to write.
type block struct {
	Code bool
	Text string
}

// blocks parts a text into running text and the indented lines in it.
func blocks(text string) []block {
	var list []block
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		code := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
		if n := len(list); n > 0 && (list[n-1].Code == code || strings.TrimSpace(line) == "" && list[n-1].Code) {
			list[n-1].Text += "\n" + line
			continue
		}
		list = append(list, block{code, line})
	}
	for i, b := range list {
		if b.Code {
			list[i].Text = unindented(b.Text)
		}
	}
	return list
}

// unindented takes from each line the blanks that all have in common.
func unindented(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	common := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " \t")); strings.TrimSpace(line) != "" && (common < 0 || n < common) {
			common = n
		}
	}
	for i, line := range lines {
		lines[i] = strings.TrimRight(line[min(max(common, 0), len(line)):], " \t")
	}
	return strings.Join(lines, "\n")
}
