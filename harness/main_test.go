package harness

import (
	"encoding/json"
	"os"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func TestMain(m *testing.M) { os.Exit(testkit.Main(m)) }

// fake launches the fake Blender; NAME=VALUE pairs tell it what to do. It is
// closed at the end of the test.
func fake(t *testing.T, options ...Option) *Blender {
	t.Helper()
	g := NewWithT(t)
	b, err := Launch(testkit.Bounded(t), append([]Option{On(Local(testkit.Fake))}, options...)...)
	g.Expect(err).NotTo(HaveOccurred())
	t.Cleanup(func() { g.Expect(b.Close()).To(Succeed()) })
	return b
}

// serving is what makes the fake Blender serve on the reserved port.
func serving() Option { return Env("FAKE_PORT", "{port}") }

// dumped is what the fake Blender says of its own birth.
type dumped struct {
	Args     []string
	Env      []string
	Dir      string
	Stdin    string
	Blocking bool
	Ignored  string
}

func readDump(t *testing.T, file string) dumped {
	t.Helper()
	g := NewWithT(t)
	data, err := os.ReadFile(file)
	g.Expect(err).NotTo(HaveOccurred())
	var d dumped
	g.Expect(json.Unmarshal(data, &d)).To(Succeed())
	return d
}
