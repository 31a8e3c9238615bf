package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// venv is the environment once it is made.
var venv string

func TestMain(m *testing.M) {
	code := m.Run()
	if venv != "" {
		_ = os.RemoveAll(venv)
	}
	os.Exit(code)
}

// installed is a fresh environment of Python's with the wheel in it, made without
// a network; pytest is the system's.
func installed(t *testing.T) (bin string) {
	t.Helper()
	if venv != "" {
		return filepath.Join(venv, "bin")
	}
	python := "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import pytest, venv, ensurepip").Run(); err != nil {
		if os.Getenv("BGCHECK_REQUIRE_PYTEST") != "" {
			t.Fatal("venv or pytest is missing: ci/setup.sh pytest installs them")
		}
		t.Skip("venv or pytest is missing: ci/setup.sh pytest installs them")
	}
	out := filepath.Join(t.TempDir(), "dist")
	if err := build(out, runtime.GOOS+"/"+runtime.GOARCH, "1.2.3"); err != nil {
		t.Fatal(err)
	}
	run(t, out, nil, "sha256sum", "--check", "SHA256SUMS")
	made, err := os.MkdirTemp("", "bgcheck-venv-") //nolint:usetesting // it outlives the test
	if err != nil {
		t.Fatal(err)
	}
	venv = made
	run(t, out, nil, python, "-m", "venv", "--system-site-packages", venv)
	wheels, err := filepath.Glob(filepath.Join(out, "*.whl"))
	if err != nil || len(wheels) != 1 {
		t.Fatalf("%v %v", wheels, err)
	}
	bin = filepath.Join(venv, "bin")
	run(t, out, nil, filepath.Join(bin, "python"), "-m", "pip", "install", "--no-index", "--disable-pip-version-check", wheels[0])
	return bin
}

// run runs a program that is to succeed, and returns what it said.
func run(t *testing.T, folder string, env []string, words ...string) string {
	t.Helper()
	said, err := attempt(folder, env, words...)
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(words, " "), err, said)
	}
	return said
}

func attempt(folder string, env []string, words ...string) (string, error) {
	command := exec.Command(words[0], words[1:]...) //nolint:gosec // the test's own words
	command.Dir = folder
	command.Env = append(os.Environ(), env...)
	said, err := command.CombinedOutput()
	return string(said), err
}

// stub plays bgcheck for the plugin: three checks, of which one fails. It notes
// how it was called.
const stub = `#!/bin/sh
echo "$*" >>"$0.calls"
if [ "$1" = list ]; then
	echo "start/ready              it answers"
	echo "                         in time"
	echo "stop/sigterm             it ends"
	echo "stop/as-pid-1            it ends as process 1"
	echo "alive/stays              it stays"
	exit 0
fi
echo '{"event":"start"}'
result() { printf '%s\n' "{\"event\":\"done\",\"result\":{\"name\":\"$1\",\"verdict\":\"$2\",\"seen\":\"seen $1\",\"diagnosis\":\"$3\",\"fix\":\"do this:\\n    x()\",\"expected\":\"e\",\"command\":\"c\",\"evidence\":[\"a line\"]}}"; }
for word; do
	case $word in
	start/ready) result $word pass "" ;;
	stop/sigterm) result $word fail "no handler" ;;
	stop/as-pid-1) result $word skip "needs a container" ;;
	esac
done
echo '{"event":"summary","problems":["the disk is full"]}'
exit 1
`

func TestAWheelGivesTheCommandAndThePlugin(t *testing.T) {
	bin := installed(t)
	if said := run(t, "", nil, filepath.Join(bin, "bgcheck"), "version"); !strings.HasPrefix(said, "bgcheck ") {
		t.Error(said)
	}
	folder := t.TempDir()
	for name, text := range map[string]string{"bgcheck.yaml": "addon: x\n", "bgcheck": stub} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o755); err != nil { //nolint:gosec // one is run
			t.Fatal(err)
		}
	}
	program := filepath.Join(folder, "bgcheck")
	env := []string{"BGCHECK_COMMAND=" + program, "PYTEST_ADDOPTS="}
	pytest := []string{filepath.Join(bin, "python"), "-m", "pytest", "bgcheck.yaml"}
	said, err := attempt(folder, env, append(pytest, "-rs", "--junitxml=j.xml")...)
	for _, want := range []string{"2 failed, 1 passed, 1 skipped", "diagnosis  no handler", "x()", "needs a container", "it was not judged: the disk is full", "bgcheck: stop/sigterm"} {
		if err == nil || !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if xml, err := os.ReadFile(filepath.Join(folder, "j.xml")); err != nil || !strings.Contains(string(xml), `failures="2"`) {
		t.Errorf("%v\n%s", err, xml)
	}
	if said, err := attempt(folder, env, append(pytest, "-k", "ready")...); err != nil || !strings.Contains(said, "1 passed, 3 deselected") {
		t.Errorf("%v\n%s", err, said)
	}
	if said, _ := attempt(folder, env, append(pytest, "--lf")...); !strings.Contains(said, "2 failed") {
		t.Error(said)
	}
	calls, err := os.ReadFile(program + ".calls")
	if err != nil {
		t.Fatal(err)
	}
	want := "check --json --check start/ready " + filepath.Join(folder, "bgcheck.yaml")
	if !strings.Contains(string(calls), want+"\n") || strings.Count(string(calls), "check --json") != 3 {
		t.Errorf("it was called so:\n%s", calls)
	}
	if said, err := attempt(folder, []string{"BGCHECK_COMMAND=/nowhere"}, pytest...); err == nil || !strings.Contains(said, "cannot run bgcheck") {
		t.Errorf("%v\n%s", err, said)
	}
}

func TestTheWheelJudgesOnARealBlender(t *testing.T) {
	if _, err := exec.LookPath("blender"); err != nil {
		if os.Getenv("BGCHECK_REQUIRE_BLENDER") != "" {
			t.Fatal("there is no Blender here: ci/setup.sh blender installs one")
		}
		t.Skip("there is no Blender here")
	}
	bin := installed(t)
	fixture, err := filepath.Abs("../../fixtures/right/our-keepalive")
	if err != nil {
		t.Fatal(err)
	}
	said := run(t, fixture, []string{"BGCHECK_OUT=" + t.TempDir()}, filepath.Join(bin, "python"), "-m", "pytest", "-p", "no:cacheprovider", "bgcheck.yaml", "-k", "start/ready or echo/round-trip")
	if !strings.Contains(said, "2 passed") {
		t.Error(said)
	}
}

func TestAWrongPlatformOrVersionIsRefused(t *testing.T) {
	if err := build(t.TempDir(), "plan9/mips", "1.2"); err == nil || !strings.Contains(err.Error(), "no platform") {
		t.Error(err)
	}
	if err := build(t.TempDir(), "", "v1-x"); err == nil || !strings.Contains(err.Error(), "no version") {
		t.Error(err)
	}
}
