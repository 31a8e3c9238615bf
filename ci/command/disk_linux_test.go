package command

import (
	"errors"
	"os"
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

func TestADiskThatFillsInTheMiddleKeepsTheVerdictsOnTheTerminal(t *testing.T) {
	file, _ := fakeTarget(t, serving)
	replace(t, file, "quiet: 200ms", "quiet: 2s") // while it is quiet the disk fills
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(disk, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s := start(t, "check", file, "--out", filepath.Join(disk, "out"), "--side=1", "--check", "start/ready,alive/stays,echo/concurrent")
	s.until(t, "start/ready")
	fill(t, filepath.Join(disk, "full"))
	code := s.end()
	text := s.said.String()
	for _, want := range []string{"pass          start/ready", "could not run: ", "no space left on device", "not in the report, which could not be written: "} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	for _, name := range []string{"start/ready", "alive/stays", "echo/concurrent"} {
		if !strings.Contains(text, name) {
			t.Errorf("%s is neither judged nor named", name)
		}
	}
	if code != int(CouldNot) || t.Failed() {
		t.Errorf("exit %d:\n%s", code, text)
	}
}

// fill writes until the disk is full.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for piece := make([]byte, 4096); err == nil; {
		_, err = f.Write(piece)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
}
