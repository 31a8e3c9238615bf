package container

import (
	"context"
	"strings"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
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
			return nil, faultf("find image %s: the engine has none: build it with docker/build.sh %s", image, version)
		}
		if err := e.provider.PullImage(ctx, image); err != nil {
			return nil, faultf("pull image %s: %w", image, err)
		}
		found, err = e.api.ImageInspect(ctx, image, []client.ImageInspectOption{}...)
	}
	if err != nil {
		return nil, faultf("inspect image %s: %w", image, err)
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
