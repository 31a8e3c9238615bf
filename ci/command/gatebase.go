package command

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// checkout unpacks the base's commit into the run's folder and prepares what is
// there in the place of the target. Nothing in the repository is changed.
func (g *gating) checkout(ctx context.Context, settings setup.Settings, what *found) (*setup.Plan, error) {
	place := first(what.addon, what.under.Path)
	ref := g.word.Base
	place, err := filepath.EvalSymlinks(place)
	if err != nil {
		return nil, Wrong.as(err)
	}
	folder := place
	if isFile(place) {
		folder = filepath.Dir(place)
	}
	git := func(words ...string) (string, error) {
		command := exec.CommandContext(ctx, "git", append([]string{"-C", folder}, words...)...) //nolint:gosec // a commit's name is checked first
		said, err := command.CombinedOutput()
		return strings.TrimSpace(string(said)), err
	}
	top, err := git("rev-parse", "--show-toplevel")
	if err != nil {
		return nil, Wrong.because("--base %s is no gate record, and %s lies in no git repository whose commit it could be: %s", ref, settings.Show(place), report.Clean(top))
	}
	commit, err := git("rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return nil, Wrong.because("--base %s is neither a gate record nor a commit of %s (in CI: fetch it first, as actions/checkout does with fetch-depth: 0)", ref, top)
	}
	rel, err := filepath.Rel(top, place)
	if err != nil || !filepath.IsLocal(rel) {
		return nil, Wrong.because("%s does not lie in the repository %s", settings.Show(place), top)
	}
	base := filepath.Join(g.run.Dir(), "base-source")
	packed := base + ".tar"
	if err := os.MkdirAll(base, 0o755); err != nil {
		return nil, CouldNot.as(err)
	}
	// From the top: git archive packs the folder that it is called in.
	folder = top
	if said, err := git("archive", "--format=tar", "--output="+packed, commit); err != nil {
		return nil, CouldNot.because("unpack %s: %w: %s", ref, err, report.Clean(said))
	}
	if said, err := exec.CommandContext(ctx, "tar", "-xf", packed, "-C", base).CombinedOutput(); err != nil { //nolint:gosec // our own paths
		return nil, CouldNot.because("unpack %s: %w: %s", ref, err, report.Clean(string(said)))
	}
	_ = os.Remove(packed)
	of := settings
	of.Target = filepath.Join(base, rel)
	if _, err := os.Stat(of.Target); err != nil {
		return nil, Wrong.because("%s is not there in %s: there is nothing to compare with", rel, ref)
	}
	old, err := find(of)
	if err != nil {
		return nil, err
	}
	return prepare(ctx, of, old.under)
}
