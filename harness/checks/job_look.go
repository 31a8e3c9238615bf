package checks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
)

// jobFiles are the files in a working folder by their path below it, with a hash.
type jobFiles map[string]jobFile

type jobFile struct {
	size int64
	hash string
}

func (f jobFiles) names() []string { return slices.Sorted(maps.Keys(f)) }

// filesIn lists what is in a working folder; what cannot be read is left out.
func filesIn(work string) jobFiles {
	files := jobFiles{}
	_ = filepath.WalkDir(work, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil
		}
		rel, err := filepath.Rel(work, at)
		if err != nil {
			return nil
		}
		if size, hash, err := hashed(at); err == nil {
			files[filepath.ToSlash(rel)] = jobFile{size, hash}
		}
		return nil
	})
	return files
}

// hashed is the size of a file and the SHA-256 of its content, in hex.
func hashed(file string) (int64, string, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	return size, hex.EncodeToString(sum.Sum(nil)), err
}

// matching are the files that a pattern means.
func (f jobFiles) matching(pattern string) []string {
	var found []string
	for _, name := range f.names() {
		if ok, err := path.Match(path.Clean(pattern), name); name == path.Clean(pattern) || err == nil && ok {
			found = append(found, name)
		}
	}
	return found
}

// question is one that the probe job_look.py answers about a file.
type question struct {
	File       string `json:"file"` // below the working folder
	Expression string `json:"expression,omitempty"`
	Picture    bool   `json:"picture,omitempty"`
	Digest     bool   `json:"digest,omitempty"`
}

// answer is what it says. Why is empty when all is well.
type answer struct {
	Why     string `json:"why"`
	Digest  string `json:"digest"`
	Uniform bool   `json:"uniform"`
}

// askOf has a Blender of its own look into files of a run.
func askOf(ctx context.Context, s *contract.Session, work string, questions []question) ([]answer, error) {
	if len(questions) == 0 {
		return nil, nil
	}
	list := filepath.Join(s.Out(), ".look-"+contract.Nonce())
	if err := os.MkdirAll(list, 0o755); err != nil {
		return nil, err
	}
	text, err := json.Marshal(questions)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(list, "questions.json"), text, 0o644); err != nil {
		return nil, err
	}
	var answers []answer
	_, err = runProbe(ctx, s, "job_look.py", []string{"{mount:questions}/questions.json", "{mount:work}"}, &answers,
		harness.Mount("work", work), harness.Mount("questions", list))
	if err == nil && len(answers) != len(questions) {
		err = fmt.Errorf("look at the job's files: %d answers to %d questions", len(answers), len(questions))
	}
	return answers, err
}

// lookAt lists what of the job's effect is not there after a run.
func lookAt(ctx context.Context, s *contract.Session, run *jobRun) ([]string, error) {
	j := s.Target().Job
	files := filesIn(run.work)
	var missing []string
	var questions []question
	var said []string
	for _, want := range j.Files {
		found := files.matching(want.File)
		if len(found) == 0 {
			missing = append(missing, "there is no "+want.File)
		}
		for _, name := range found {
			have := files[name]
			switch {
			case have.size < want.Least:
				missing = append(missing, fmt.Sprintf("%s holds %d bytes, not %d", name, have.size, want.Least))
			case want.SHA256 != "" && !strings.EqualFold(want.SHA256, have.hash):
				missing = append(missing, fmt.Sprintf("the SHA-256 of %s is %s", name, have.hash))
			case want.Expression != "":
				questions, said = append(questions, question{File: name, Expression: want.Expression}), append(said, want.Expression)
			}
		}
	}
	for _, pattern := range j.Prints {
		line := regexp.MustCompile(pattern)
		if !slices.ContainsFunc(run.log, line.MatchString) {
			missing = append(missing, fmt.Sprintf("no line of its output matches %q", pattern))
		}
	}
	answers, err := askOf(ctx, s, run.work, questions)
	if err != nil {
		return nil, err
	}
	for i, a := range answers {
		if a.Why != "" {
			missing = append(missing, fmt.Sprintf("%s: %s: %s", questions[i].File, said[i], a.Why))
		}
	}
	return missing, nil
}

// lacks lists everything that is not there after a run: effect and frames.
func lacks(ctx context.Context, s *contract.Session, run *jobRun) ([]string, error) {
	missing, err := lookAt(ctx, s, run)
	if err != nil || !s.Target().Job.Frames.Given() {
		return missing, err
	}
	lost, _, err := lookAtFrames(ctx, s, run)
	return append(missing, lost...), err
}

// halves lists files that look finished and are not: they stand under the name that
// the job's effect has, and are not what the job makes when nobody disturbs it.
func halves(ctx context.Context, s *contract.Session, clean, run *jobRun) ([]string, error) {
	whole, have := filesIn(clean.work), filesIn(run.work)
	var half []string
	var same *jobFiles
	for _, pattern := range finals(s) {
		for _, name := range have.matching(pattern) {
			one, full := have[name], whole[name]
			if one == full || full == (jobFile{}) || isInput(s, name) {
				continue
			}
			if one.size < full.size/2 {
				half = append(half, fmt.Sprintf("%s holds %d bytes of %d", name, one.size, full.size))
				continue
			}
			if same == nil { // made only where it is needed: it takes a run
				second, err := secondRun.Of(ctx, s)
				if err != nil {
					return nil, err
				}
				files := filesIn(second.work)
				same = &files
			}
			if (*same)[name] == full {
				half = append(half, fmt.Sprintf("%s (%d bytes) is not what the job makes of it (%d bytes)", name, one.size, full.size))
			}
		}
	}
	return half, nil
}

// isInput says whether a file of the working folder was put there as an input.
func isInput(s *contract.Session, name string) bool {
	first, _, _ := strings.Cut(name, "/")
	j := s.Target().Job
	for _, input := range append([]string{j.Blend}, j.Inputs...) {
		if input != "" && filepath.Base(input) == first {
			return true
		}
	}
	return false
}

// secondRun is the job as the target file says, once more, in another folder.
var secondRun = contract.Fact[*jobRun]{Name: "the job's second run", Make: func(ctx context.Context, s *contract.Session) (*jobRun, error) {
	return runJob(ctx, s, contract.JobTweaks{})
}}
