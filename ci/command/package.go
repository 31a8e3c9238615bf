package command

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/pyaddon"
)

type packageWord struct {
	Out string `default:"out/package" placeholder:"FOLDER" help:"Folder for the packages, default: out/package."`
}

// Run writes the reference add-on as Blender installs it, each package with a
// target file beside it.
func (w *packageWord) Run(c *call) error {
	if err := writePackages(w.Out, c.out); err != nil {
		return CouldNot.because("package: %w", err)
	}
	return nil
}

// addonFolder is the add-on in pyaddon.FS, and the name it is enabled by.
const addonFolder = "tcp_echo"

var manifestVersion = regexp.MustCompile(`(?m)^version = "([0-9.]+)"$`)

func writePackages(out string, say io.Writer) error {
	manifest, err := fs.ReadFile(pyaddon.FS, addonFolder+"/blender_manifest.toml")
	if err != nil {
		return err
	}
	version := manifestVersion.FindSubmatch(manifest)
	if version == nil {
		return fmt.Errorf("%s/blender_manifest.toml: no line version = \"1.2.3\"", addonFolder)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	name := addonFolder + "-" + string(version[1])
	for _, p := range []struct{ kind, file, top, blender string }{
		// An add-on zip holds the add-on's folder, an extension its content.
		{"addon", name + ".zip", addonFolder + "/", "2.83 to 4.1"},
		{"extension", name + "-extension.zip", "", "4.2 and later"},
	} {
		content, err := zipped(pyaddon.FS, p.top)
		if err != nil {
			return err
		}
		file := filepath.Join(out, p.file)
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
		checked, err := packageTarget(p.kind, p.file)
		if err != nil {
			return err
		}
		target := filepath.Join(out, p.kind+".yaml")
		if err := os.WriteFile(target, checked, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(say, "%s  Blender %s\n  sha256 %x\n  bgcheck check %s\n", file, p.blender, sha256.Sum256(content), target)
	}
	return nil
}

// zipped is the add-on as a zip whose bytes depend on its files alone: in order,
// of one date, and stored, since compressors differ from one version of Go to the next.
func zipped(tree fs.FS, top string) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	err := fs.WalkDir(tree, addonFolder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{
			Name:     top + strings.TrimPrefix(name, addonFolder+"/"),
			Method:   zip.Store,
			Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC), // the first that a zip can say
		}
		header.SetMode(0o644)
		w, err := z.CreateHeader(header)
		if err != nil {
			return err
		}
		_, err = w.Write(content)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = z.Close() // writes the table of contents
	return b.Bytes(), err
}

// packageTarget is the reference add-on's target file for the package in file.
func packageTarget(kind, file string) ([]byte, error) {
	whole, err := fs.ReadFile(pyaddon.FS, "bgcheck.yaml")
	if err != nil {
		return nil, err
	}
	line := "\naddon: " + addonFolder + "\n"
	if !strings.Contains(string(whole), line) {
		return nil, fmt.Errorf("pyaddon/bgcheck.yaml: no line %q", strings.TrimSpace(line))
	}
	return []byte(strings.Replace(string(whole), line, "\naddon: "+file+"\nkind: "+kind+"\n", 1)), nil
}
