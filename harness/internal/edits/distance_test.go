package edits

import (
	"strings"
	"testing"
)

func TestDistanceCountsLetters(t *testing.T) {
	for _, one := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"launch", "launch", 0}, {"lanch", "launch", 1}, {"launhc", "launch", 1},
		{"start", "stop", 3}, {"größe", "grösse", 2}, {strings.Repeat("a", 65), "a", 64},
	} {
		if got := Distance(one.a, one.b); got != one.want {
			t.Errorf("Distance(%q, %q) is %d; want %d", one.a, one.b, got, one.want)
		}
	}
}
