package draft

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatListensMakesAService: and what only looks like it makes none.
func TestWhatListensMakesAService(t *testing.T) {
	const head = "bl_info = {\"name\": \"x\"}\n"
	const server = "import socketserver\n\n\ndef serve():\n    socketserver.TCPServer((\"127.0.0.1\", 0), None).serve_forever()\n"
	for what, one := range map[string]struct {
		files map[string]string
		start string // "": it is hosted
	}{
		"its own module": {map[string]string{"__init__.py": head + "from . import net\n", "net.py": server}, ".net:serve"},
		"a module of a package": {map[string]string{
			"__init__.py": head + "from .core import net\n", "core/__init__.py": "", "core/net.py": "from ..core.inner import serve\n", "core/inner.py": server,
		}, ".core.inner:serve"},
		"a module by the add-on's name":  {map[string]string{"__init__.py": head + "import thing.net\n", "net.py": server}, ".net:serve"},
		"a module that lies in sys.path": {map[string]string{"__init__.py": head + "import net\n", "net.py": server}, ".net:serve"},
		"a module named in a text":       {map[string]string{"__init__.py": head + "NAMES = [\"net\"]\n", "net.py": server}, ".net:serve"},
		"modules that a loop finds":      {map[string]string{"__init__.py": head + "import pkgutil\nlist(pkgutil.iter_modules())\n", "net.py": server}, ".net:serve"},

		"a library of others":       {map[string]string{"__init__.py": head + "import sys\nsys.path.append(\"lib\")\nimport openai\n", "lib/openai/__init__.py": server, "lib/openai/net.py": server}, ""},
		"a tool that lies beside":   {map[string]string{"__init__.py": head + "# net\n", "net.py": server}, ""},
		"a shader that is bound":    {map[string]string{"__init__.py": head + "def start_draw():\n    shader.bind()\n"}, ""},
		"a client":                  {map[string]string{"__init__.py": head + "import socket\n\n\ndef run():\n    socket.create_connection((\"127.0.0.1\", 1))\n"}, ""},
		"a client of web sockets":   {map[string]string{"__init__.py": head + "import websockets\n\n\ndef run():\n    websockets.connect(\"x\")\n"}, ""},
		"a client of HTTP":          {map[string]string{"__init__.py": head + "import aiohttp\n\n\ndef main():\n    aiohttp.ClientSession()\n"}, ""},
		"a listener for one answer": {map[string]string{"__init__.py": head + "from http.server import HTTPServer\n\n\ndef log_in(secret):\n    HTTPServer((\"127.0.0.1\", 0), None).handle_request()\n\n\ndef run():\n    pass\n"}, ""},
		"a program of its own":      {map[string]string{"__init__.py": head + "from . import relay\n", "relay.py": server + "\n\ndef main():\n    serve(1)\n\n\nif __name__ == \"__main__\":\n    main()\n"}, ".relay:serve"},
	} {
		t.Run(what, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "thing")
			for name, text := range one.files {
				file := filepath.Join(folder, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			text, notes, err := Text(folder, "")
			if err != nil {
				t.Fatal(err)
			}
			hosted := strings.Contains(strings.Join(notes, "\n"), "hosted: ")
			if one.start == "" && !hosted || one.start != "" && !strings.Contains(string(text), "\n  start: "+one.start+"\n") && !strings.Contains(string(text), "\n  start: \""+one.start+"\"\n") {
				t.Errorf("start %q; the draft:\n%s", one.start, text)
			}
		})
	}
}
