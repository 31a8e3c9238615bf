package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteMakesAFileOnce(t *testing.T) {
	folder := t.TempDir()
	addon := filepath.Join(folder, "service.py")
	source := "bl_info = {'name': 'x'}\n\n\ndef serve():\n    pass\n\n\ndef register():\n    pass\n"
	if err := os.WriteFile(addon, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := run([]string{addon}, &out); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "bgcheck.yaml")
	if !strings.Contains(out.String(), "wrote "+file) || !strings.Contains(out.String(), "start: serve") {
		t.Errorf("output:\n%s", out.String())
	}
	if err := run([]string{"-check", file}, &out); err != nil {
		t.Errorf("the file written is not right: %v", err)
	}
	if err := run([]string{addon}, &out); err == nil || !strings.Contains(err.Error(), "is kept") {
		t.Errorf("a second time: %v", err)
	}
}

func TestArguments(t *testing.T) {
	var out strings.Builder
	for _, args := range [][]string{{}, {"a", "b"}, {"-nonsense"}, {filepath.Join(t.TempDir(), "nothing")}} {
		if err := run(args, &out); err == nil {
			t.Errorf("run(%q): no error", args)
		}
	}
	for flag, part := range map[string]string{"-keys": "| `addon` |", "-schema": "2020-12"} {
		out.Reset()
		if err := run([]string{flag}, &out); err != nil || !strings.Contains(out.String(), part) {
			t.Errorf("run(%s): %v\n%s", flag, err, out.String())
		}
	}
}
