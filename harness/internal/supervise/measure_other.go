//go:build !linux

package supervise

import "github.com/bgcheck/bgcheck/harness/usage"

func measureTree(blender, _ int) (usage.Sample, error) { return usage.Tree(blender) }
