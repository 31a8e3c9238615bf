package command

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAFullDiskIsNoFaultOfTheAddonAndNamesWhatWasNotJudged(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=128k"); err != nil {
		t.Skipf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	code, text, errout := try(t, "check", file, "--out", filepath.Join(disk, "out"), "--side=1")
	if code != int(CouldNot) || !strings.Contains(text+errout, "no space left on device") || !strings.Contains(text, "not judged") || strings.Contains(text, "FAIL") {
		t.Errorf("exit %d:\n%s%s", code, text, errout)
	}
}
