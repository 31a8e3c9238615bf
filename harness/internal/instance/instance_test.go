package instance

import (
	"testing"

	. "github.com/onsi/gomega"
)

func TestExpandReplacesFoldersAndNothingElse(t *testing.T) {
	g := NewWithT(t)
	mounts := map[string]string{"a": "/m/a", "b": "/m/{dir}"}
	g.Expect(Expand(`{dir}/x {mount:a}/y {"k": {}} {mount} {port}`, "/d", mounts)).
		To(Equal(`/d/x /m/a/y {"k": {}} {mount} {port}`))
	g.Expect(Expand("{mount:b}", "/d", mounts)).To(Equal("/m/{dir}"), "what was filled in is not read again")
	_, err := Expand("{mount:c}", "/d", mounts)
	g.Expect(err).To(MatchError(ContainSubstring(`declare it with Mount("c", folder)`)))
	_, err = Expand("{mount:}", "/d", mounts)
	g.Expect(err).To(HaveOccurred())
}

func TestQuote(t *testing.T) {
	g := NewWithT(t)
	g.Expect(Quote("a", "/b/c.d", "", "e f", "it's", "~", "$x", "ä")).To(Equal(`a /b/c.d '' 'e f' 'it'\''s' '~' '$x' 'ä'`))
	g.Expect(QuoteAssignment("A=b c")).To(Equal("A='b c'"))
	g.Expect(QuoteAssignment("A B=c")).To(Equal("'A B=c'"))
}
