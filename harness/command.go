package harness

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/instance"
)

const commandName = "command.sh"

// writeCommand keeps the launch as a shell script in the instance's folder, and
// returns the line that runs it, with what Blender is called with as a comment:
// the whole line is dozens of variables long. The whole line is what is returned
// when the folder goes with Close, or the script cannot be written.
func (b *Blender) writeCommand(spec *LaunchSpec) string {
	whole := b.proc.Command()
	if b.temporary {
		return whole
	}
	file := filepath.Join(b.dir, commandName)
	script := "# Repeats this launch of Blender.\n"
	if b.link != "" && strings.Contains(whole, b.link) { // it goes with Close: another one, that no sweep knows
		short := filepath.Join(filepath.Dir(b.link), "bgcheck-repeat-"+b.link[len(b.link)-8:])
		script += "trap 'rm -f " + instance.Quote(short) + "' EXIT\nln -sfn " + instance.Quote(b.dir, short) + "\n"
		whole = strings.ReplaceAll(whole, b.link, short)
	}
	if os.WriteFile(file, []byte(script+whole+"\n"), 0o600) != nil {
		return whole
	}
	args := []string{"blender"}
	for _, arg := range spec.Args {
		if strings.HasPrefix(arg, "{dir}/") || strings.HasPrefix(arg, "{mount:") {
			_, arg, _ = strings.Cut(arg, "}/")
		}
		args = append(args, strings.ReplaceAll(arg, "\n", " "))
	}
	return "sh " + instance.Quote(file) + "  # " + instance.Quote(args...)
}
