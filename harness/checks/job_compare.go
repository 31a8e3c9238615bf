package checks

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bgcheck/bgcheck/harness/contract"
)

// changes are how the files of two runs differ.
type changes struct {
	real    []string
	numbers []string // only numbers, or bytes of a format that notes the time, differ
	grew    bool     // a file begins as it was, and goes on
}

func (c changes) all() []string { return append(slices.Clone(c.real), c.numbers...) }

func (c changes) why() string {
	if c.grew {
		return "it appends to what is there"
	}
	return "what the first run has left, or chance, changes what the second makes"
}

var (
	// backups are what Blender itself keeps of a file that it writes anew.
	backups  = regexp.MustCompile(`\.blend[1-9]\d*$`)
	pictures = regexp.MustCompile(`(?i)\.(png|jpe?g|exr|tiff?|bmp|tga|webp|hdr)$`)
	number   = regexp.MustCompile(`\d+(\.\d+)?([eE][-+]?\d+)?`)
)

// compare looks for what differs between the working folders of two runs.
func compare(ctx context.Context, s *contract.Session, first, second string) (changes, error) {
	one, two := filesIn(first), filesIn(second)
	var found changes
	var look []string
	for _, name := range two.names() {
		if _, there := one[name]; !there && !backups.MatchString(name) && !varies(s, name) {
			note := name + " is new"
			if numbered(name, one) {
				found.numbers = append(found.numbers, note)
			} else {
				found.real = append(found.real, note)
			}
		}
	}
	for _, name := range one.names() {
		have, there := two[name]
		switch {
		case varies(s, name), backups.MatchString(name), there && have == one[name]:
		case !there && numbered(name, two):
			found.numbers = append(found.numbers, name+" is gone")
		case !there:
			found.real = append(found.real, name+" is gone")
		case strings.HasSuffix(name, ".blend") || pictures.MatchString(name):
			look = append(look, name)
		default:
			found.contents(name, copyTo(first, name), copyTo(second, name))
		}
	}
	if len(look) == 0 {
		return found, nil
	}
	questions := make([]question, len(look))
	for i, name := range look {
		questions[i] = question{File: name, Digest: true}
	}
	before, err := askOf(ctx, s, first, questions)
	if err != nil {
		return found, err
	}
	after, err := askOf(ctx, s, second, questions)
	if err != nil {
		return found, err
	}
	for i, name := range look {
		if before[i].Digest != after[i].Digest && before[i].Why == "" {
			found.real = append(found.real, fmt.Sprintf("%s differs: %s", name, difference(before[i].Digest, after[i].Digest)))
		}
	}
	return found, nil
}

// contents compares two files that are not the same.
func (c *changes) contents(name, first, second string) {
	a, errA := os.ReadFile(first)
	b, errB := os.ReadFile(second)
	if errA != nil || errB != nil {
		return
	}
	text := utf8.Valid(a) && utf8.Valid(b) && !bytes.ContainsRune(a, 0)
	same := func(text []byte) string { return number.ReplaceAllString(string(text), "0") }
	switch {
	case text && same(a) == same(b):
		c.numbers = append(c.numbers, name+" has other numbers: "+difference(string(a), string(b)))
	case bytes.HasPrefix(b, a):
		c.grew = true
		c.real = append(c.real, fmt.Sprintf("%s has grown from %d bytes to %d", name, len(a), len(b)))
	case text:
		c.real = append(c.real, fmt.Sprintf("%s differs: %s", name, difference(string(a), string(b))))
	case len(a) == len(b) || max(len(a), len(b)) < 2*min(len(a), len(b)):
		c.numbers = append(c.numbers, fmt.Sprintf("%s has other bytes (%d, then %d)", name, len(a), len(b)))
	default:
		c.real = append(c.real, fmt.Sprintf("%s has %d bytes, and then %d", name, len(a), len(b)))
	}
}

// difference is the first line that differs, as it was and as it is.
func difference(a, b string) string {
	one, two := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(one), len(two)) {
		var was, is string
		if i < len(one) {
			was = one[i]
		}
		if i < len(two) {
			is = two[i]
		}
		if was != is {
			return fmt.Sprintf("%s, and then %s", clip(was), clip(is))
		}
	}
	return "nothing"
}

func clip(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 60 {
		text = strings.ToValidUTF8(text[:60], "") + "..."
	}
	return fmt.Sprintf("%q", text)
}

// numbered says whether a name differs from one of files in its numbers alone, as
// one with a date in it does.
func numbered(name string, files jobFiles) bool {
	plain := number.ReplaceAllString(name, "0")
	long := regexp.MustCompile(`\d{6,}|\d\d[-_.]\d\d`).MatchString(name)
	return long && slices.ContainsFunc(files.names(), func(other string) bool { return other != name && number.ReplaceAllString(other, "0") == plain })
}

// varies says whether the target file names a file as one that may differ.
func varies(s *contract.Session, name string) bool {
	return slices.ContainsFunc(s.Target().Job.Varies, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return err == nil && ok
	})
}
