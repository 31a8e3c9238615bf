package supervise

import "os"

// silent are ends of pipes that nobody writes to. They stay open for as long as the
// supervisor lives, and so Blender's standard input does.
var silent []*os.File

// input opens what an Order says of Blender's standard input; nil: it has none.
func input(kind string) (*os.File, error) {
	switch kind {
	case "closed":
		return nil, nil
	case "wire":
		return os.NewFile(wireIn, "input"), nil
	case "silent":
		in, out, err := os.Pipe()
		silent = append(silent, out)
		return in, err
	}
	return os.Open(os.DevNull)
}
