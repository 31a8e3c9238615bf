package match_test

import (
	"os"
	"strings"
	"testing"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/match"
	"github.com/bgcheck/bgcheck/harness/service"
)

func TestReferenceAddonInBackground(t *testing.T) {
	if info, err := harness.Local("").Info(t.Context()); err != nil {
		if os.Getenv("BGCHECK_REQUIRE_BLENDER") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	} else {
		t.Log("Blender", info.Version)
	}
	t.Chdir("../..") // the README's paths start there
	testAddon(t)
}

// README begin
func testAddon(t *testing.T) {
	g, ctx := NewWithT(t), t.Context()
	b, err := harness.Launch(ctx,
		harness.Addon("pyaddon/tcp_echo", "tcp_echo"),
		harness.Start("tcp_echo:start_server_from_script"),
		harness.Env("BLENDER_HTTP_ECHO_PORT", "{port}"))
	g.Expect(err).NotTo(HaveOccurred())
	defer b.Close()
	g.Expect(b.WaitReady(ctx, service.Ping)).To(Succeed()) // a reply, not just a connection
	address, _ := b.Address(ctx)
	reply, err := service.NewEchoExec(address).Exec(ctx, "bpy.data.objects.new('cube', None).name")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(reply.Result)).To(Equal(`"cube"`))
	g.Expect(b.Stop(ctx)).To(match.ExitCleanly()) // SIGTERM, exit code 0, nothing left running
}

// README end

func TestReadmeShowsThisExample(t *testing.T) {
	g := NewWithT(t)
	source, err := os.ReadFile("readme_test.go")
	g.Expect(err).NotTo(HaveOccurred())
	_, rest, _ := strings.Cut(string(source), "// README begin\n")
	example, _, _ := strings.Cut(rest, "\n// README end")
	readme, err := os.ReadFile("../../README.md")
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(string(readme)).To(ContainSubstring("```go\n"+example+"```"), "README.md is out of date")
}
