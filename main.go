// Command bgcheck proves that a Blender add-on works in background mode, or
// shows why it does not: bgcheck check ./my_addon
package main

import (
	"os"

	"github.com/bgcheck/bgcheck/ci/command"
)

func main() { os.Exit(command.Main(os.Args[1:], os.Stdout, os.Stderr)) }
