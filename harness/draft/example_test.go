package draft_test

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/draft"
	"github.com/bgcheck/bgcheck/harness/target"
)

func ExampleText() {
	const addon = "testdata/seeds/echo_addon"
	file, err := draft.File(addon)
	if err != nil {
		fmt.Println(err)
		return
	}
	text, notes, err := draft.Text(addon, file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Join(notes, "\n"))
	t, err := target.Parse(file, text) // as Load gives it, without a file
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(filepath.Base(file), t.Name, t.Service.Protocol)
	// Output:
	// add-on echo_addon, enabled as echo_addon
	// start: start_server_from_script (echo_addon/__init__.py:34)
	// async_loop: .async_loop (echo_addon/async_loop.py:4)
	// port by ECHO_PORT (echo_addon/__init__.py:35)
	// protocol: tcp-json (echo_addon/__init__.py:3: JSON over TCP)
	// echo: {message: "{message}"} (echo_addon/__init__.py:22)
	// exec: {code: "{code}"} (echo_addon/__init__.py:21)
	// stop: {code: quit_blender} (echo_addon/__init__.py:19)
	// bgcheck.yaml echo_addon tcp-json
}
