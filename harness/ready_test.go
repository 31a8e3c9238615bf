package harness

import (
	"context"
	"errors"
	"net"
	"os"
	"regexp"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	. "github.com/onsi/gomega"

	"github.com/bgcheck/bgcheck/harness/internal/testkit"
)

func TestReadyWhenTheServiceAnswersThoughItBindsLate(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, serving(), Env("FAKE_BIND_AFTER", "60ms"))
	g.Expect(b.ReadyAfter()).To(BeZero())
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	g.Expect(b.ReadyAfter()).To(BeNumerically(">", 0))
	g.Expect(b.Exit()).To(BeNil())
}

func TestReadyWhenTheFirstRequestsAreNotAnswered(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, serving(), Env("FAKE_SERVICE", "slow"))
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
}

func TestReadyOnTheAnnouncedPort(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, serving(), Env("FAKE_ANNOUNCE", "1"), Announced(regexp.MustCompile(`listening on \S+:(\d+)`)))
	g.Expect(b.WaitReady(testkit.Bounded(t), testkit.Ping)).To(Succeed())
	address, err := b.Address(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(address).NotTo(HaveSuffix(":0"))
	listeners, err := b.Listeners(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(listeners).To(HaveLen(1))
	g.Expect(listeners[0].String()).To(Equal(address))
}

// notReadyError waits for readiness in vain.
func notReadyError(t *testing.T, ctx context.Context, b *Blender) *Error {
	t.Helper()
	g := NewWithT(t)
	err := b.WaitReady(ctx, testkit.Ping)
	var whole *Error
	g.Expect(errors.As(err, &whole)).To(BeTrue(), "%v", err)
	g.Expect(whole.Phase).To(Equal(PhaseReady))
	g.Expect(whole.Command).To(Equal(b.Command()))
	return whole
}

func TestNotReadyWhenBlenderEndsFirst(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_PRINT", "Error: no such add-on"), Env("FAKE_EXIT", "7"))
	err := notReadyError(t, context.Background(), b) // only the early end can end this wait
	g.Expect(err).To(MatchError(ErrEnded))
	g.Expect(err.Exit.Code).To(Equal(7))
	g.Expect(err.Tail).To(ContainElement("Error: no such add-on"))
	g.Expect(err.Error()).To(ContainSubstring("blender ended before its service was ready: exit code 7 after"))
}

func TestNotReadyWhenBlenderEndsWhileTheProbeWaits(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_HOLD", "1"))
	err := b.WaitReady(context.Background(), func(ctx context.Context, _ string) error {
		_ = b.Signal(context.Background(), syscall.SIGKILL)
		<-ctx.Done()
		return ctx.Err()
	})
	g.Expect(err).To(MatchError(ErrEnded))
	g.Expect(err).To(MatchError(ContainSubstring("SIGKILL (signal 9)")))
}

func TestReadyAfterMoreRefusalsThanThePatienceCanDouble(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_HOLD", "1"))
	tries := 0
	g.Expect(b.WaitReady(testkit.Bounded(t), func(ctx context.Context, _ string) error {
		if tries++; tries < 70 {
			return syscall.ECONNREFUSED
		}
		return ctx.Err() // cut off before it began, had the patience overflowed
	})).To(Succeed())
	g.Expect(tries).To(Equal(70))
}

func TestNotReadyWhenNobodyListens(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_HOLD", "1"))
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	err := notReadyError(t, ctx, b)
	g.Expect(err).To(MatchError(context.DeadlineExceeded))
	g.Expect(err).To(MatchError(syscall.ECONNREFUSED))
	g.Expect(err.Error()).To(ContainSubstring("nothing listens on 127.0.0.1:"))
	g.Expect(err.Error()).To(ContainSubstring("Blender listens on no port"))
	g.Expect(err.Exit).To(BeNil())
}

func TestNotReadyWhenItListensOnAnotherPort(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_PORT", "0"), Env("FAKE_ANNOUNCE", "1"))
	line, err := b.Log().Wait(testkit.Bounded(t), 0, regexp.MustCompile(`listening on (\S+)`))
	g.Expect(err).NotTo(HaveOccurred())
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	g.Expect(notReadyError(t, ctx, b).Error()).To(ContainSubstring("but Blender listens on " + line[1]))
}

func TestNotReadyWhenItAcceptsAndNeverAnswers(t *testing.T) {
	for _, kind := range []string{"mute", "hangup"} {
		t.Run(kind, func(t *testing.T) {
			g := NewWithT(t)
			b := fake(t, serving(), Env("FAKE_SERVICE", kind), Env("FAKE_ANNOUNCE", "1"))
			_, err := b.Log().Wait(testkit.Bounded(t), 0, regexp.MustCompile(`listening`))
			g.Expect(err).NotTo(HaveOccurred())
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			said := notReadyError(t, ctx, b)
			g.Expect(said).To(MatchError(context.DeadlineExceeded))
			g.Expect(said.Error()).To(ContainSubstring("accepts connections but does not answer as it should"))
		})
	}
}

func TestNotReadyWhenNoPortIsAnnounced(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_HOLD", "1"), Announced(regexp.MustCompile(`listening on \S+:(\d+)`)))
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	err := notReadyError(t, ctx, b)
	g.Expect(err).To(MatchError(context.DeadlineExceeded))
	g.Expect(err.Error()).To(ContainSubstring("no port was announced"))

	b = fake(t, Env("FAKE_PRINT", "listening on x:99999"), Env("FAKE_HOLD", "1"),
		Announced(regexp.MustCompile(`listening on \S+:(\d+)`)))
	err = notReadyError(t, context.Background(), b)
	g.Expect(err.Error()).To(ContainSubstring(`"99999" is no port`))

	b = fake(t, Announced(regexp.MustCompile(`listening on \S+:(\d+)`)))
	err = notReadyError(t, context.Background(), b)
	g.Expect(err).To(MatchError(ErrEnded))
	g.Expect(err.Exit.Code).To(BeZero())
}

func TestNotReadyWhenTheCallerGivesUp(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, Env("FAKE_HOLD", "1"))
	ctx, cancel := context.WithCancel(context.Background())
	var tries atomic.Int32
	mine := errors.New("not yet")
	err := b.WaitReady(ctx, func(context.Context, string) error {
		if tries.Add(1) == 3 {
			cancel()
		}
		return mine
	})
	g.Expect(err).To(MatchError(mine))
	g.Expect(err).To(MatchError(context.Canceled))
	g.Expect(tries.Load()).To(BeEquivalentTo(3))
}

func TestTimeIsReservedForDiagnosis(t *testing.T) {
	g := NewWithT(t)
	g.Expect(reserved(10 * time.Second)).To(Equal(time.Second))
	g.Expect(reserved(time.Minute)).To(Equal(2 * time.Second))
	g.Expect(reserved(-time.Second)).To(BeZero())
}

func TestAddressesOfAReservedPort(t *testing.T) {
	g := NewWithT(t)
	b := fake(t, serving())
	address, err := b.Address(testkit.Bounded(t))
	g.Expect(err).NotTo(HaveOccurred())
	host, _, err := net.SplitHostPort(address)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(host).To(Equal("127.0.0.1"))
	g.Expect(b.Signal(testkit.Bounded(t), os.Kill)).To(Succeed())
}
