package harness

import (
	"fmt"
	"strings"
)

// filler replaces what Launch itself knows: {port}, {token} and {scratch}.
// {dir} and {mount:NAME} stay for the backend.
func filler(port int, token string) *strings.Replacer {
	return strings.NewReplacer(
		"{port}", fmt.Sprint(port),
		"{token}", token,
		"{scratch}", "{dir}/scratch",
	)
}
