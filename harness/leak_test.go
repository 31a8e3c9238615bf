package harness

import (
	"context"
	"os"
	"testing"

	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/gleak"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func TestNoGoroutineAndNoDescriptorIsLeft(t *testing.T) {
	g := NewWithT(t)
	live := func() {
		b, err := Launch(testkit.Bounded(t), On(Local(testkit.Fake)), serving(), Env("FAKE_CHILD", "both"), Env("FAKE_ANNOUNCE", "1"))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
		_, err = b.Stop(testkit.Bounded(t))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(b.Close()).To(Succeed())

		b, err = Launch(testkit.Bounded(t), On(Local(testkit.Fake)), Env("FAKE_HOLD", "1"))
		g.Expect(err).NotTo(HaveOccurred())
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		g.Expect(b.WaitReady(ctx, testkit.Ping)).NotTo(Succeed())
		g.Expect(b.Close()).To(Succeed()) // while it runs

		_, err = Launch(testkit.Bounded(t), On(Local(testkit.Fake)), Script("/no/such.py"))
		g.Expect(err).To(HaveOccurred())
	}
	live() // what is made once for the whole program
	goroutines, descriptors := gleak.Goroutines(), countDescriptors(t)
	for range 3 {
		live()
	}
	g.Eventually(gleak.Goroutines, testkit.Safety).ShouldNot(gleak.HaveLeaked(goroutines))
	g.Expect(countDescriptors(t)).To(Equal(descriptors))
	g.Expect(ourFolders()).To(BeEmpty())
}

func countDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Logf("descriptors are not counted here: %v", err)
	}
	return len(entries)
}
