package service

import (
	"encoding/json"
	"encoding/xml"
	"net/url"
	"testing"
)

const awkward = "a \"b\" \\ <c> & 'd' +%\n\té 🙂 \u2028"

func TestEscapedTextReadsBackTheSame(t *testing.T) {
	for kind, read := range map[string]func(string) (string, error){
		"":     func(s string) (got string, err error) { err = json.Unmarshal([]byte(`"`+s+`"`), &got); return },
		"json": func(s string) (got string, err error) { err = json.Unmarshal([]byte(`"`+s+`"`), &got); return },
		"xml": func(s string) (string, error) {
			var v struct {
				A string `xml:"a,attr"`
			}
			err := xml.Unmarshal([]byte(`<v a="`+s+`"/>`), &v)
			return v.A, err
		},
		"form": url.QueryUnescape,
		"none": func(s string) (string, error) { return s, nil },
	} {
		escaped, err := Escape(kind, awkward)
		if err != nil {
			t.Errorf("%q: %v", kind, err)
			continue
		}
		if got, err := read(escaped); err != nil || got != awkward {
			t.Errorf("%q: %q reads back as %q, %v", kind, escaped, got, err)
		}
	}
}

func TestJSONEscapeLeavesMarkupReadable(t *testing.T) {
	if got, err := Escape("json", "a<b>&c"); err != nil || got != "a<b>&c" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWhatCannotBeEscapedIsAnError(t *testing.T) {
	for _, c := range [][2]string{{"json", "\xff"}, {"xml", "\xff"}, {"xml", "\x00"}, {"yaml", "x"}} {
		if got, err := Escape(c[0], c[1]); err == nil {
			t.Errorf("%q: %q", c, got)
		}
	}
}
