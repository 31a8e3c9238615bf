package draft

import (
	"fmt"

	"github.com/bgcheck/bgcheck/harness/internal/addonsrc"
)

// jsonRPC writes the requests of a JSON-RPC 2.0 service, and says whether it is
// one. Its every reply, an error too, gives back the id of the request: that is
// an echo of any such service.
func (d *draft) jsonRPC() bool {
	at, ok := d.texts["jsonrpc"]
	if !ok {
		return false
	}
	method := d.textWord(append([]string{"initialize"}, pingWords...)...)
	if !method.ok {
		method.text = "echo"
	}
	d.line("# %s: JSON-RPC, whose replies give back the id of the request, those with an error too.", at)
	d.line("echo: {request: {jsonrpc: \"2.0\", id: \"{message}\", method: %s}}", scalar(method.text))
	d.line("")
	d.note("echo: by the id of a JSON-RPC request (%s)", at)
	code, tool := d.parameter(codeKeys...), d.textWord(execWords...)
	call := func(method, params string) func(string) string {
		return func(holder string) string {
			return fmt.Sprintf("{jsonrpc: \"2.0\", id: 1, method: %s, params: %s}", scalar(method), fmt.Sprintf(params, holder))
		}
	}
	switch inner := fmt.Sprintf("{%s: %%q}", scalar(code.text)); {
	case !tool.ok:
		d.execRequest(word{}, nil)
	case d.textWord("tools/call").ok: // the Model Context Protocol
		d.execRequest(code, call("tools/call", fmt.Sprintf("{name: %s, arguments: %s}", scalar(tool.text), inner)))
	default:
		d.execRequest(code, call(tool.text, inner))
	}
	return true
}

const xmlCall = "  <?xml version=\"1.0\"?><methodCall><methodName>%s</methodName>"

// xmlRPC writes the requests of an XML-RPC service.
func (d *draft) xmlRPC() {
	if at, ok := d.calls["register_introspection_functions"]; ok {
		d.line("# %s: register_introspection_functions(), which adds this method", at)
		d.line("ready: |")
		d.line(xmlCall+"</methodCall>", "system.listMethods")
		d.note("ready: system.listMethods (%s)", at)
	} else {
		d.todo("", "name a method of the service that gives back its argument")
		d.line("echo: |")
		d.line(xmlCall, "echo")
		d.line("  <params><param><value><string>{message}</string></value></param></params></methodCall>")
	}
	d.line("")
	for _, fn := range d.functions {
		if _, ok := d.texts[fn.name]; !ok || fn.required != 1 || !callsExec(fn.body) {
			continue
		}
		d.line("# %s: def %s() runs code", fn.place, fn.name)
		d.line("exec: |")
		d.line(xmlCall, fn.name)
		d.line("  <params><param><value><string>{code}</string></value></param></params></methodCall>")
		d.line("")
		d.note("exec: method %s (%s)", fn.name, fn.place)
		return
	}
	d.execRequest(word{}, nil)
}

func callsExec(body addonsrc.Stream) bool {
	for i := range body {
		if (body.Is(i, "exec", "(") || body.Is(i, "eval", "(")) && !body.Is(i-1, ".") {
			return true
		}
	}
	return false
}
