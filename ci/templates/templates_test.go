// Package templates holds the workflows that people copy into their repositories;
// its tests run their steps as they are written.
package templates

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// github and gitlab are as much of a workflow as is run.
type (
	github struct {
		Env  map[string]string
		Jobs map[string]struct {
			Strategy struct {
				Matrix map[string][]string
			}
			Env   map[string]string
			Steps []struct{ Name, Uses, Run string }
		}
	}
	gitlab struct {
		Variables     map[string]string
		Bgcheck, Gate labJob
	}
	labJob struct {
		Parallel struct {
			Matrix []map[string][]string
		}
		Variables map[string]string
		Before    []string `yaml:"before_script"`
		Script    []string
	}
)

// jobs are those of both templates that do the same.
var jobs = []string{"bgcheck", "gate"}

func read(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// steps are the commands of a job in both templates; the add-on's place is the same.
func steps(t *testing.T, job string) (one, other []string, addon string) {
	t.Helper()
	var hub github
	var lab gitlab
	read(t, "github.yml", &hub)
	read(t, "gitlab.yml", &lab)
	for _, step := range hub.Jobs[job].Steps {
		if step.Run != "" {
			one = append(one, step.Run)
		}
	}
	for _, name := range []string{"ADDON", "LIBRARIES"} {
		if hub.Env[name] != lab.Variables[name] || hub.Env[name] == "" {
			t.Errorf("%s differs: %q, %q", name, hub.Env[name], lab.Variables[name])
		}
	}
	if a, b := hub.Jobs["bgcheck"].Strategy.Matrix, lab.Bgcheck.Parallel.Matrix[0]; !slices.Equal(a["blender"], b["BGCHECK_BLENDER"]) || !slices.Equal(a["checks"], b["CHECKS"]) {
		t.Errorf("the matrix differs: %v, %v", a, b)
	}
	of := map[string]labJob{"bgcheck": lab.Bgcheck, "gate": lab.Gate}[job]
	return one, append(of.Before, of.Script...), hub.Env["ADDON"]
}

func TestTheTemplatesDoTheSame(t *testing.T) {
	for _, job := range jobs {
		one, other, _ := steps(t, job)
		base := strings.ReplaceAll(strings.Join(other, "\n"), "$CI_MERGE_REQUEST_DIFF_BASE_SHA", "$BASE")
		if got := strings.ReplaceAll(strings.Join(one, "\n"), "sudo ", ""); got != base {
			t.Errorf("%s: GitHub:\n%s\nGitLab:\n%s", job, got, base)
		}
	}
}

// addon is one file of a repository that knows nothing of bgcheck.
const addon = `bl_info = {"name": "One cube", "blender": (2, 83, 0), "category": "Object", "version": (1, 0, 0)}
import bpy


class OBJECT_OT_one_cube(bpy.types.Operator):
    bl_idname = "object.one_cube"
    bl_label = "One cube"

    def execute(self, context):
        bpy.data.objects.new("cube", None)
        return {"FINISHED"}


def register():
    bpy.utils.register_class(OBJECT_OT_one_cube)


def unregister():
    bpy.utils.unregister_class(OBJECT_OT_one_cube)
`

// TestTheStepsGiveAVerdictAsTheyAreWritten runs every command of the GitHub
// template in a repository with one add-on. Only the installation by apt is not:
// programs that do nothing stand in for sudo and apt-get. The module comes from a
// proxy in a folder, packed from this checkout's last commit.
func TestTheStepsGiveAVerdictAsTheyAreWritten(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles bgcheck and judges an add-on")
	}
	if _, err := exec.LookPath("blender"); err != nil {
		if os.Getenv("BGCHECK_REQUIRE_BLENDER") != "" {
			t.Fatal("there is no Blender here: ci/setup.sh blender installs one")
		}
		t.Skip("there is no Blender here")
	}
	one, _, place := steps(t, "bgcheck")
	page, _, _ := steps(t, "page")
	page[len(page)-1] = strings.Replace(page[len(page)-1], "bgcheck-*/", "out/", 1) // where actions/download-artifact would put it
	one = append(one, page[len(page)-1])
	repository, bin, gopath := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(repository, place, "__init__.py"), addon)
	for _, name := range []string{"sudo", "apt-get"} {
		write(t, filepath.Join(bin, name), "#!/bin/sh\nexit 0\n")
	}
	summary := filepath.Join(t.TempDir(), "summary.md")
	for _, step := range one {
		command := exec.Command("bash", "-e", "-c", step) //nolint:gosec // the template's own words
		command.Dir = repository
		command.Env = append(os.Environ(),
			"ADDON="+place, "CHECKS=*", "LIBRARIES=", "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+summary, "BGCHECK_OUT=",
			"PATH="+bin+":"+filepath.Join(gopath, "bin")+":"+os.Getenv("PATH"),
			"GOBIN="+filepath.Join(gopath, "bin"), "GONOSUMDB=github.com/bgcheck", "GOFLAGS=-p=2",
			"GOPROXY=file://"+proxy(t)+","+goEnv(t, "GOPROXY"), "GOMODCACHE="+goEnv(t, "GOMODCACHE"))
		said, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", step, err, said)
		}
	}
	for name, want := range map[string]string{
		summary:                                  "# bgcheck: ",
		filepath.Join(repository, "report.html"): "It passed",
		filepath.Join(repository, "out", "report.html"):   "It passed",
		filepath.Join(repository, "out", "junit.xml"):     "<testsuites",
		filepath.Join(repository, "out", "bgcheck.sarif"): "automationDetails",
		filepath.Join(repository, "out", "badge.svg"):     "passed",
	} {
		if text, err := os.ReadFile(name); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s lacks %q: %v", name, want, err)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil { //nolint:gosec // some are run
		t.Fatal(err)
	}
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	said, err := exec.Command("go", "env", name).Output() //nolint:gosec // fixed words
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(said))
}

var proxyAt string

// proxy is a folder that serves the last commit as a version of the module.
func proxy(t *testing.T) string {
	t.Helper()
	if proxyAt != "" {
		return proxyAt
	}
	at := t.TempDir()
	const module = "github.com/bgcheck/bgcheck"
	commit, err := exec.Command("git", "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		t.Skip("this is no git checkout")
	}
	version := "v0.0.1-" + strings.TrimSpace(string(commit)) // another commit is another version in the module cache
	folder := filepath.Join(at, module, "@v")
	for name, text := range map[string]string{
		"list":            version + "\n",
		version + ".info": `{"Version":"` + version + `","Time":"2026-11-25T12:00:00Z"}`,
	} {
		write(t, filepath.Join(folder, name), text)
	}
	for _, words := range [][]string{
		{"git", "-C", "../..", "archive", "--format=zip", "--prefix=" + module + "@" + version + "/", "--output=" + filepath.Join(folder, version+".zip"), "HEAD"},
		{"cp", "../../go.mod", filepath.Join(folder, version+".mod")},
	} {
		if said, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil { //nolint:gosec // the test's own words
			t.Fatalf("%v: %v\n%s", words, err, said)
		}
	}
	proxyAt = at
	return at
}

// TestTheActionGivesItsOutputs runs the action's own script with a bgcheck that
// only notes how it was called.
func TestTheActionGivesItsOutputs(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it is a script for bash")
	}
	bin := t.TempDir()
	write(t, filepath.Join(bin, "blender"), "#!/bin/sh\n")
	write(t, filepath.Join(bin, "bgcheck"), "#!/bin/sh\nprintf '<%s>' \"$@\"\nexit $STATUS\n")
	script, err := filepath.Abs("../action/check.sh")
	if err != nil {
		t.Fatal(err)
	}
	for status, verdict := range map[string]string{"0": "passed", "1": "failed", "2": "interrupted", "3": "not-run", "4": "mistake"} {
		outputs := filepath.Join(t.TempDir(), "outputs")
		command := exec.Command(script) //nolint:gosec // our own
		command.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "STATUS="+status, "GITHUB_OUTPUT="+outputs,
			"TARGET=my add-on", "CHECKS=exec stop/sig*", "BGCHECK_BLENDER=", "BGCHECK_OUT=to here")
		said, err := command.Output()
		if (err == nil) != (status == "0") || string(said) != "<check><--check><exec><--check><stop/sig*><my add-on>" {
			t.Errorf("status %s: %v\n%s", status, err, said)
		}
		text, err := os.ReadFile(outputs)
		if want := "verdict=" + verdict + "\nreport=to here/report.html\n"; err != nil || string(text) != want {
			t.Errorf("%q, want %q: %v", text, want, err)
		}
	}
}

// TestTheActionsInputsReachItsScript: what the script reads is what the action sets.
func TestTheActionsInputsReachItsScript(t *testing.T) {
	var action struct {
		Inputs  map[string]struct{ Description string }
		Outputs map[string]struct{ Value string }
		Runs    struct {
			Using string
			Steps []struct {
				ID, Run, Uses, Shell string
				Env                  map[string]string
			}
		}
	}
	read(t, "../action/action.yml", &action)
	script, err := os.ReadFile("../action/check.sh")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(action)
	if err != nil {
		t.Fatal(err)
	}
	for name := range action.Inputs {
		if !strings.Contains(string(text), "inputs."+name) {
			t.Errorf("the input %s is not used", name)
		}
	}
	for name := range action.Outputs {
		if !strings.Contains(string(script), "echo \""+name+"=") {
			t.Errorf("the output %s is never given", name)
		}
	}
	last := action.Runs.Steps[len(action.Runs.Steps)-1]
	for name := range last.Env {
		if !strings.Contains(string(script), "{"+name+":-") {
			t.Errorf("the script does not read %s", name)
		}
	}
	if action.Runs.Using != "composite" || last.ID != "check" || last.Shell == "" {
		t.Errorf("%+v", last)
	}
}

func TestTheReadmeShowsTheTemplate(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	template, err := os.ReadFile("github.yml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfterN(string(template), "\n", 3) // below two lines of comment
	if !strings.Contains(string(readme), "```yaml\n"+lines[2]+"```") {
		t.Error("the README's workflow is not that of github.yml")
	}
}
