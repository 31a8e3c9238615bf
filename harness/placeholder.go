package harness

import (
	"fmt"
	"strings"
)

// filler replaces what Launch itself knows: {port}, {token} and {scratch}.
// {dir} and {mount:NAME} stay for the backend. scratch is the scratch folder as
// Blender is to be told it; "": as the backend sees it.
func filler(port int, token, scratch string) *strings.Replacer {
	if scratch == "" {
		scratch = "{dir}/scratch"
	}
	return strings.NewReplacer(
		"{port}", fmt.Sprint(port),
		"{token}", token,
		"{scratch}", scratch,
	)
}
