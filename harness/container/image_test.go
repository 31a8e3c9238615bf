package container

import (
	"slices"
	"strings"
	"testing"
)

func TestTheNewestVersionIsTheHighestNumber(t *testing.T) {
	t.Parallel()
	versions := []string{"2.83", "10.1", "latest", "2.9", "4.3", "4.10"}
	slices.SortFunc(versions, compareVersions)
	if got := strings.Join(versions, " "); got != "latest 2.9 2.83 4.3 4.10 10.1" {
		t.Error(got)
	}
}

func TestWithoutANameItIsTheNewestImage(t *testing.T) {
	t.Parallel()
	full(t) // one of ours is here
	b := New("")
	info, err := b.Info(t.Context())
	if err != nil || info.Version == "" || !strings.HasPrefix(info.Image, ownImages) {
		t.Errorf("%+v, %v", info, err)
	}
}
