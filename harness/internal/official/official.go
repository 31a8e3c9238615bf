// Package official has a Blender by its version: from a cache, or fetched from where
// Blender's makers offer it, checked by the sums that they publish, and unpacked.
//
//	path, err := official.Get(ctx, official.Request{Version: "4.5", Progress: os.Stderr})
//
// A version is in the cache whole or not at all: what is fetched or unpacked has
// another name until it is checked. What was fetched when a program was interrupted
// or killed is gone on with by the next.
package official

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// Variables of the environment, and what they are without.
const (
	// MirrorVariable names a mirror: the address of a folder like Mirror.
	MirrorVariable = "BGCHECK_MIRROR"
	// CacheVariable names the folder of the cache; else it is the user's own for caches.
	CacheVariable = "BGCHECK_CACHE"
	// Mirror is where Blender's makers offer the archives.
	Mirror = "https://download.blender.org/release"
)

// Request says which Blender is wanted.
type Request struct {
	// Version is X.Y, whose newest release is taken, or X.Y.Z.
	Version string
	// Progress is told what is fetched, a line now and then; nil: nobody is.
	Progress io.Writer

	mirror, cache string
}

var version = regexp.MustCompile(`^\d+\.\d+(\.\d+)?$`)

// IsVersion tells a version from a path or a name.
func IsVersion(text string) bool { return version.MatchString(text) }

// Get gives the path of a Blender's executable. X.Y is any release of it that is in
// the cache, else the newest. Errors are the machine's: see harness.ErrMachine.
func Get(ctx context.Context, r Request) (string, error) {
	r.mirror = strings.TrimRight(cmp.Or(os.Getenv(MirrorVariable), Mirror), "/")
	if r.cache = os.Getenv(CacheVariable); r.cache == "" {
		caches, err := os.UserCacheDir()
		if err != nil {
			return "", fault.Machinef("find the cache: %w; name a folder by %s", err, CacheVariable)
		}
		r.cache = filepath.Join(caches, "bgcheck", "blender")
	}
	if path := r.cached(); path != "" {
		return path, nil
	}
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return "", fault.Machinef("Blender %s is not in the cache %s, and bgcheck fetches Blender for Linux on x86-64 alone: install it, and name it by --blender PATH",
			r.Version, r.cache)
	}
	path, err := r.fetch(ctx)
	if err != nil && ctx.Err() == nil {
		return "", fault.Machinef("have Blender %s: it is not in the cache %s, and could not be fetched: %w\n"+
			"  without a network: name a Blender that is here by --blender PATH, copy the cache's folder from a machine that has it, or name a mirror by %s",
			r.Version, r.cache, err, MirrorVariable)
	}
	return path, err
}

// platform ends the names of the archives.
const platform = "linux-x64"

// folder is the cache's for a release.
func folder(release string) string { return "blender-" + release + "-" + platform }

// cached is the executable of the newest release in the cache that is wanted, or "".
func (r Request) cached() string {
	entries, _ := os.ReadDir(r.cache) // what is not there is not cached
	var releases []string
	for _, entry := range entries {
		name, found := strings.CutSuffix(strings.TrimPrefix(entry.Name(), "blender-"), "-"+platform)
		if found && entry.IsDir() && IsVersion(name) && r.wants(name) {
			releases = append(releases, name)
		}
	}
	slices.SortFunc(releases, newer)
	for _, release := range releases {
		path := filepath.Join(r.cache, folder(release), "blender")
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

func (r Request) wants(release string) bool {
	return release == r.Version || strings.Count(r.Version, ".") == 1 && strings.HasPrefix(release, r.Version+".")
}

// newer orders releases, the newest first.
func newer(a, b string) int {
	one, other := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(one), len(other)) {
		x, _ := strconv.Atoi(one[i])
		y, _ := strconv.Atoi(other[i])
		if x != y {
			return y - x
		}
	}
	return len(other) - len(one)
}

// fetch puts the release into the cache.
func (r Request) fetch(ctx context.Context) (string, error) {
	if err := os.MkdirAll(r.cache, 0o755); err != nil {
		return "", err
	}
	r.sweep()
	parts := strings.Split(r.Version, ".")
	at := r.mirror + "/Blender" + parts[0] + "." + parts[1]
	release, err := r.release(ctx, at)
	if err != nil {
		return "", err
	}
	archive := folder(release) + ".tar.xz"
	sum, err := r.sum(ctx, at+"/blender-"+release+".sha256", archive)
	if err != nil {
		return "", err
	}
	file, err := r.download(ctx, at+"/"+archive, archive, sum)
	if err != nil {
		return "", err
	}
	return r.unpack(ctx, file, release)
}

// release is the newest that the mirror's page lists.
func (r Request) release(ctx context.Context, at string) (string, error) {
	if strings.Count(r.Version, ".") == 2 {
		return r.Version, nil
	}
	page, err := text(ctx, at+"/")
	if err != nil {
		return "", err
	}
	var releases []string
	for _, found := range regexp.MustCompile(`blender-(\d+\.\d+\.\d+)-`+platform+`\.tar\.xz`).FindAllStringSubmatch(page, -1) {
		if r.wants(found[1]) {
			releases = append(releases, found[1])
		}
	}
	if len(releases) == 0 {
		return "", fmt.Errorf("%s/ lists no Blender %s for %s", at, r.Version, platform)
	}
	slices.SortFunc(releases, newer)
	return releases[0], nil
}

// sum is what the mirror's list says of the archive.
func (r Request) sum(ctx context.Context, at, archive string) (string, error) {
	list, err := text(ctx, at)
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(list) {
		words := strings.Fields(line)
		if len(words) == 2 && strings.TrimPrefix(words[1], "*") == archive && len(words[0]) == 64 {
			return strings.ToLower(words[0]), nil
		}
	}
	return "", fmt.Errorf("%s has no checksum of %s", at, archive)
}

func (r Request) say(format string, args ...any) {
	if r.Progress != nil {
		fmt.Fprintf(r.Progress, format+"\n", args...)
	}
}

var errSum = errors.New("it is not what the mirror's own list of checksums says; what was fetched is removed")
