package container

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

	"github.com/bgcheck/bgcheck/harness/internal/fault"
)

// ownImages are those that docker/build.sh makes.
const ownImages = "bgcheck/blender:"

// Labels of our images; an image of somebody else's may have them, too.
const (
	labelVersion    = "org.opencontainers.image.version"
	labelExecutable = "bgcheck.executable"
	labelPython     = "bgcheck.python"
)

// blend is what is known of an image.
type blend struct {
	version    string // "" until asked
	executable string
	python     string // runs the launcher; "": Blender runs without it
}

// lookAt inspects an image. One of ours is never pulled: no registry has it.
func (e *engine) lookAt(ctx context.Context, image string) (*blend, error) {
	found, err := e.api.ImageInspect(ctx, image)
	if errdefs.IsNotFound(err) {
		if version, own := strings.CutPrefix(image, ownImages); own {
			return nil, fault.Machinef("find image %s: the engine has none: build it with docker/build.sh %s", image, version)
		}
		if err := e.provider.PullImage(ctx, image); err != nil {
			return nil, fault.Machinef("pull image %s: %w", image, err)
		}
		found, err = e.api.ImageInspect(ctx, image)
	}
	if err != nil {
		return nil, fault.Machinef("inspect image %s: %w", image, err)
	}
	b := &blend{executable: "blender", python: "python3"}
	if found.Config == nil {
		return b, nil
	}
	labels := found.Config.Labels
	if path := labels[labelExecutable]; path != "" {
		b.executable = path
		b.version = labels[labelVersion]
	}
	if path, ok := labels[labelPython]; ok {
		b.python = path
	}
	return b, nil
}

// newest is the image of ours with the highest version.
func (e *engine) newest(ctx context.Context) (string, error) {
	all, err := e.api.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("reference", ownImages+"*")})
	if err != nil {
		return "", fault.Machinef("list images: %w", err)
	}
	var versions []string
	for _, image := range all.Items {
		for _, tag := range image.RepoTags {
			if version, own := strings.CutPrefix(tag, ownImages); own {
				versions = append(versions, version)
			}
		}
	}
	if len(versions) == 0 {
		return "", fault.Machinef("find an image of Blender: the engine has none called %s*: build them with docker/build.sh", ownImages)
	}
	return ownImages + slices.MaxFunc(versions, compareVersions), nil
}

// compareVersions puts 2.9 before 2.83 before 3.4, as Blender does, and what is no version first.
func compareVersions(a, b string) int {
	return slices.Compare(numbers(a), numbers(b))
}

func numbers(version string) []int {
	var all []int
	for part := range strings.SplitSeq(version, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		all = append(all, n)
	}
	return all
}
