package harness

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"
)

// program writes an executable shell script.
func program(t *testing.T, script string) string {
	t.Helper()
	path := file(t, "blender", "#!/bin/sh\n"+script)
	NewWithT(t).Expect(os.Chmod(path, 0o755)).To(Succeed())
	return path
}

func TestInfoOfABlender(t *testing.T) {
	g := NewWithT(t)
	g.Expect(Local(fakeBlender).Info(bounded(t))).To(Equal(Info{Version: "9.8.7", Path: fakeBlender}))
	t.Setenv(ExecutableVariable, fakeBlender)
	g.Expect(Local("").Info(bounded(t))).To(Equal(Info{Version: "9.8.7", Path: fakeBlender}))
	t.Setenv(ExecutableVariable, "")
	t.Setenv("PATH", filepath.Dir(fakeBlender))
	g.Expect(Local("").Info(bounded(t))).To(Equal(Info{Version: "9.8.7", Path: fakeBlender}))
	g.Expect(Local("").Name()).To(Equal("local"))
}

func TestInfoIsAskedOnceForEachStateOfTheFile(t *testing.T) {
	g := NewWithT(t)
	count := filepath.Join(t.TempDir(), "count")
	path := program(t, "echo x >>"+count+"; echo Blender 4.2.0 LTS\n")
	for range 3 {
		g.Expect(Local(path).Info(bounded(t))).To(HaveField("Version", "4.2.0"))
	}
	g.Expect(os.ReadFile(count)).To(Equal([]byte("x\n")))
	g.Expect(os.WriteFile(path, []byte("#!/bin/sh\necho Blender 5.2.2 of another size\n"), 0o755)).To(Succeed())
	g.Expect(Local(path).Info(bounded(t))).To(HaveField("Version", "5.2.2"))
}

func TestInfoOfWhatIsNoBlender(t *testing.T) {
	g := NewWithT(t)
	_, err := Local(program(t, "echo 'true 9.1'; exit 3\n")).Info(bounded(t))
	g.Expect(err).To(MatchError(ErrMachine))
	g.Expect(err).To(MatchError(MatchRegexp(`ask .*/blender for its version: it printed "true 9.1" and not "Blender X.Y.Z" \(exit status 3\); set BGCHECK_BLENDER`)))
	_, err = Local(program(t, "")).Info(bounded(t))
	g.Expect(err).To(MatchError(ContainSubstring(`it printed nothing and not "Blender X.Y.Z"`)))
	g.Expect(err.Error()).NotTo(ContainSubstring("\n"))
	_, err = Local("/no/such").Info(bounded(t))
	g.Expect(err).To(MatchError(ErrMachine))
}

func TestInfoIsBoundedByItsContext(t *testing.T) {
	g := NewWithT(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Local(program(t, "sleep 1000\n")).Info(ctx)
	g.Expect(err).To(MatchError(context.Canceled))
	g.Expect(err).To(MatchError(ErrMachine))
}
