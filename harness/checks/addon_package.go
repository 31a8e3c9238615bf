package checks

import (
	"archive/zip"
	"context"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
	"github.com/bgcheck/bgcheck/harness/report"
)

var addonPackage = contract.Check{
	Name: "addon/package",
	True: "the package can be installed as people do: a zip by the button in the preferences, an extension by Blender's own validate, build and install",
	Why:  "A zip whose add-on lies loose at its top, or a manifest that Blender refuses, works for its author, who has the folder, and for nobody else.",
	How: "A zip is looked through and installed by Blender's own operator; an extension is validated, built and installed by " +
		"`blender --command extension`. What was installed is then enabled.",
	Fix: "Put the add-on into one folder that is called as its module, and zip that folder:\n" +
		"    zip -r my_addon.zip my_addon -x '*/__pycache__/*'\n" +
		"For an extension let Blender do it:\n" +
		"    blender --command extension build --source-dir my_addon",
	Hosted: contract.OfAddon,
	Asks:   contract.OwnLives,
	Run:    judgePackage,
}

// packaged is the result of pyaddon/hosted/package.py.
type packaged struct {
	Steps []struct {
		Step   string `json:"step"`
		OK     bool   `json:"ok"`
		Output string `json:"output"`
	} `json:"steps"`
	New    []string  `json:"new"`
	Listed *bool     `json:"listed"`
	Enable *switched `json:"enable"`
}

// judgePackage installs what the author would give away.
func judgePackage(ctx context.Context, s *contract.Session) report.Result {
	t := s.Target()
	file := t.Resolve(t.Addon)
	isZip := strings.EqualFold(filepath.Ext(file), ".zip")
	if t.Addon == "" || !isZip && !t.IsExtension() {
		return contract.Skipped("the target has no package: it is no zip and no extension")
	}
	var untidy []string
	if isZip {
		wrong, dirt, err := layout(file, t.IsExtension())
		if err != nil {
			return contract.FromError(err)
		}
		if wrong != "" {
			return contract.Failed(wrong, "Blender unpacks a zip into its folder of add-ons as it is")
		}
		untidy = dirt
	}
	args := []string{t.Module, hostedResult, "{mount:package}/" + filepath.Base(file)}
	if t.IsExtension() {
		args = append(args, "--extension")
	}
	var seen packaged
	run, err := runScript(ctx, s, "package.py", args, &seen, harness.Mount("package", filepath.Dir(file)))
	if err != nil {
		return contract.FromError(err)
	}
	for _, step := range seen.Steps {
		if !step.OK {
			return refusedPackage(file, step.Step, step.Output, t.IsExtension())
		}
	}
	switch {
	case run.At != "end":
		return contract.Failed(fmt.Sprintf("in the step %q Blender %s", run.At, endOf(run)), "installing it ends Blender")
	case seen.Enable != nil && !seen.Enable.OK && len(seen.New) > 0 && !slices.Contains(seen.New, t.Module):
		return contract.Failed(fmt.Sprintf("installed, it is called %s, and not %s", strings.Join(seen.New, ", "), t.Module), "the folder in the zip has another name than the module", lines(seen.Enable.Traceback)...)
	case seen.Enable != nil && seen.Listed != nil && !*seen.Listed:
		result := contract.Failed("installed, it is not in Blender's list of add-ons, and nobody can enable it there", "its __init__.py has no bl_info, and there is no blender_manifest.toml")
		result.Fix = "Say what it is at the top of __init__.py, written out, for Blender reads it without running it:\n" +
			"    bl_info = {\"name\": \"My add-on\", \"blender\": (2, 80, 0), \"category\": \"Object\"}"
		return result
	case seen.Enable != nil && !seen.Enable.OK:
		if result, stop := s.After(ctx, startEnabled, "cannot be enabled"); stop {
			return result
		}
		return contract.Failed("installed from its package it cannot be enabled: "+seen.Enable.Error, "something that the add-on needs is not in the package", lines(seen.Enable.Traceback)...)
	case len(untidy) > 0:
		return contract.Warned("the zip holds what is no part of the add-on: "+strings.Join(untidy[:min(len(untidy), 5)], ", "), "it was zipped with what lay about in the folder", untidy...)
	}
	var done []string
	for _, step := range seen.Steps {
		done = append(done, step.Step)
	}
	return contract.Passed(fmt.Sprintf("Blender's own %s and enabling it went well", strings.Join(done, ", ")))
}

// refusedPackage is the verdict where one of Blender's own commands refuses the package.
func refusedPackage(file, step, output string, extension bool) report.Result {
	complaint := complaintOf(output)
	result := contract.Failed(fmt.Sprintf("Blender's own %s refuses it: %s", step, complaint), "what it says is wrong with the package", lines(output)...)
	if !extension {
		return result
	}
	at := manifestLine(addonsrc.Read(file).Manifest, complaint)
	switch {
	case step == "validate" && at != "":
		result.Diagnosis = "a line of the manifest is not as Blender takes it (" + at + ")"
	case step == "validate":
		result.Diagnosis = "blender_manifest.toml is not as Blender takes it"
	case at != "":
		result.Diagnosis = "the manifest and the folder do not fit together (" + at + ")"
	}
	result.Fix = "Mend blender_manifest.toml, or what it lists, until Blender takes it:\n" +
		"    blender --command extension validate " + filepath.Base(file) + "\n" +
		"    blender --command extension build --source-dir " + filepath.Base(file)
	return result
}

var (
	quotedWord = regexp.MustCompile(`"([^"]+)"`)
	atLine     = regexp.MustCompile(`\bline (\d+)`)
)

// manifestLine is the line of the manifest that a complaint of Blender's is about,
// with its text; "" where none is.
func manifestLine(manifest []byte, complaint string) string {
	text := strings.Split(string(manifest), "\n")
	said := func(i int) string {
		return fmt.Sprintf("blender_manifest.toml:%d: %s", i+1, strings.TrimSpace(text[i]))
	}
	if m := atLine.FindStringSubmatch(complaint); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n >= 1 && n <= len(text) {
			return said(n - 1)
		}
	}
	if m := quotedWord.FindStringSubmatch(complaint); m != nil {
		for i, line := range text {
			if key, _, ok := strings.Cut(line, "="); ok && strings.TrimSpace(key) == m[1] || strings.Contains(line, `"`+m[1]+`"`) {
				return said(i)
			}
		}
	}
	return ""
}

// complaintOf is the line that says most of what a command printed. What is wrong
// with a manifest stands behind the line that names the file.
func complaintOf(output string) string {
	said := ""
	all := lines(output)
	for i, line := range all {
		low := strings.ToLower(line)
		switch {
		case strings.HasPrefix(low, "error parsing toml") && i+1 < len(all):
			return strings.TrimSpace(all[i+1])
		case strings.Contains(low, "error") || strings.Contains(low, "missing") || strings.Contains(low, "invalid"):
			said = strings.TrimSpace(line)
		}
	}
	if said == "" {
		return explain.LastLine(output)
	}
	return said
}

// layout looks through a zip: what Blender cannot install, and what is not to be
// in it.
func layout(file string, extension bool) (wrong string, untidy []string, err error) {
	archive, err := zip.OpenReader(file)
	if err != nil {
		return "", nil, fmt.Errorf("read the package: %w", err)
	}
	defer func() { _ = archive.Close() }()
	var tops, loose []string
	topInit := false
	for _, member := range archive.File {
		name := strings.TrimPrefix(strings.ReplaceAll(member.Name, `\`, "/"), "./")
		if strings.HasPrefix(name, "/") || strings.Contains(name, "../") {
			return fmt.Sprintf("the zip holds %q, which lies outside of it", member.Name), nil, nil
		}
		top, inside, deep := strings.Cut(name, "/")
		for _, part := range strings.Split(name, "/") {
			if part == "__pycache__" || part == ".git" || part == "__MACOSX" || part == ".DS_Store" || path.Ext(part) == ".pyc" {
				if !slices.Contains(untidy, name) {
					untidy = append(untidy, name)
				}
				break
			}
		}
		switch {
		case top == "__MACOSX" || top == ".DS_Store":
		case deep && !slices.Contains(tops, top):
			tops = append(tops, top)
		case !deep && inside == "" && name != "":
			loose = append(loose, name)
			topInit = topInit || name == "__init__.py"
		}
	}
	switch {
	case extension:
		return "", untidy, nil // Blender's own validate says more
	case topInit:
		return "the zip holds __init__.py at its top, and not in a folder: installed, its files lie loose among the add-ons, and Blender finds no add-on", untidy, nil
	case len(tops) > 1:
		return "the zip holds several folders at its top: " + strings.Join(tops, ", ") + "; each becomes an add-on", untidy, nil
	case len(tops) == 1 && len(loose) > 0:
		untidy = append(untidy, loose...)
	}
	return "", untidy, nil
}
