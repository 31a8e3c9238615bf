package harness

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

// program writes an executable shell script.
func program(t *testing.T, script string) string {
	t.Helper()
	path := testkit.File(t, "blender", "#!/bin/sh\n"+script)
	NewWithT(t).Expect(os.Chmod(path, 0o755)).To(Succeed())
	return path
}

func TestInfoOfABlender(t *testing.T) {
	g := NewWithT(t)
	g.Expect(Local(testkit.Fake).Info(testkit.Bounded(t))).To(Equal(Info{Version: "9.8.7", Path: testkit.Fake}))
	t.Setenv(ExecutableVariable, testkit.Fake)
	g.Expect(Local("").Info(testkit.Bounded(t))).To(Equal(Info{Version: "9.8.7", Path: testkit.Fake}))
	t.Setenv(ExecutableVariable, "")
	t.Setenv("PATH", filepath.Dir(testkit.Fake))
	g.Expect(Local("").Info(testkit.Bounded(t))).To(Equal(Info{Version: "9.8.7", Path: testkit.Fake}))
	g.Expect(Local("").Name()).To(Equal("local"))
}

func TestInfoIsAskedOnceForEachStateOfTheFile(t *testing.T) {
	g := NewWithT(t)
	count := filepath.Join(t.TempDir(), "count")
	path := program(t, "echo x >>"+count+"; echo Blender 4.2.0 LTS\n")
	for range 3 {
		g.Expect(Local(path).Info(testkit.Bounded(t))).To(HaveField("Version", "4.2.0"))
	}
	g.Expect(os.ReadFile(count)).To(Equal([]byte("x\n")))
	g.Expect(os.WriteFile(path, []byte("#!/bin/sh\necho Blender 5.2.2 of another size\n"), 0o755)).To(Succeed())
	g.Expect(Local(path).Info(testkit.Bounded(t))).To(HaveField("Version", "5.2.2"))
}

func TestInfoOfWhatIsNoBlender(t *testing.T) {
	g := NewWithT(t)
	_, err := Local(program(t, "echo 'true 9.1'; exit 3\n")).Info(testkit.Bounded(t))
	g.Expect(err).To(MatchError(ErrMachine))
	g.Expect(err).To(MatchError(MatchRegexp(`ask .*/blender for its version: it printed "true 9.1" and not "Blender X.Y.Z" \(exit status 3\); set BGCHECK_BLENDER`)))
	_, err = Local(program(t, "")).Info(testkit.Bounded(t))
	g.Expect(err).To(MatchError(ContainSubstring(`it printed nothing and not "Blender X.Y.Z"`)))
	g.Expect(err.Error()).NotTo(ContainSubstring("\n"))
	_, err = Local("/no/such").Info(testkit.Bounded(t))
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
