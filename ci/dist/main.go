// Command dist builds what people install who have no Go: static binaries of the
// bgcheck command for six platforms, Python wheels that carry them, and a list of
// checksums. See `make dist`.
//
//	go run ./ci/dist -out out/dist [-only linux/amd64]
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// platform is one that binaries are built for; Wheel is its tags of Python's
// packaging.
type platform struct{ OS, Arch, Wheel string }

var platforms = []platform{
	{"linux", "amd64", "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64"},
	{"linux", "arm64", "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64"},
	{"darwin", "amd64", "macosx_12_0_x86_64"},
	{"darwin", "arm64", "macosx_12_0_arm64"},
	{"windows", "amd64", "win_amd64"},
	{"windows", "arm64", "win_arm64"},
}

func main() {
	out := flag.String("out", "out/dist", "folder to write to")
	only := flag.String("only", "", "build for this platform alone, as in linux/amd64")
	version := flag.String("version", "", "version of the wheels; default: of the last tag vX.Y.Z, else 0.0.0.dev0")
	flag.Parse()
	if err := build(*out, *only, *version); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

func build(out, only, version string) error {
	if version == "" {
		version = tagged()
	}
	if !fitVersion.MatchString(version) {
		return fmt.Errorf("%q is no version for wheels: write one as in 1.2.3", version)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var files []string
	for _, p := range platforms {
		if only != "" && only != p.OS+"/"+p.Arch {
			continue
		}
		binary, err := p.compile(out)
		if err != nil {
			return err
		}
		wheel, err := p.wheel(out, version, binary)
		if err != nil {
			return fmt.Errorf("make the wheel for %s/%s: %w", p.OS, p.Arch, err)
		}
		files = append(files, binary, wheel)
	}
	if len(files) == 0 {
		return fmt.Errorf("no platform %q: one of %v", only, platforms)
	}
	return sums(out, files)
}

var fitVersion = regexp.MustCompile(`^\d+(\.\d+)*(\.dev\d+|rc\d+)?$`)

// tagged is the version of the last tag.
func tagged() string {
	said, err := exec.Command("git", "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*").Output()
	if version := strings.TrimPrefix(strings.TrimSpace(string(said)), "v"); err == nil && fitVersion.MatchString(version) {
		return version
	}
	return "0.0.0.dev0"
}

// compile builds the command, and returns the file.
func (p platform) compile(out string) (string, error) {
	file := filepath.Join(out, "bgcheck-"+p.OS+"-"+p.Arch)
	if p.OS == "windows" {
		file += ".exe"
	}
	command := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "github.com/bgcheck/bgcheck") //nolint:gosec // fixed words
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.OS, "GOARCH="+p.Arch)
	if said, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build for %s/%s: %w\n%s", p.OS, p.Arch, err, said)
	}
	fmt.Println(file)
	return file, nil
}

// sums writes SHA256SUMS, as `sha256sum --check` reads it.
func sums(out string, files []string) error {
	slices.Sort(files)
	var lines strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		fmt.Fprintf(&lines, "%s  %s\n", hex.EncodeToString(sum[:]), filepath.Base(file))
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(lines.String()), 0o644) //nolint:gosec // for everyone
}
