package procfs

import (
	"fmt"
	"os"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestStatOfAProcessWhoseNameHoldsParenthesesAndSpaces(t *testing.T) {
	g := NewWithT(t)
	text := "7 (a) R (b c)) Z 3 1 1 0 -1 0 0 0 0 0 150 50 7 3 20 0 1 0 12345 0 0"
	s, err := parse(7, []byte(text))
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(s.Name).To(Equal("a) R (b c)"))
	g.Expect(s.PPID).To(Equal(3))
	g.Expect(s.Start).To(BeEquivalentTo(12345))
	g.Expect(s.Dead()).To(BeTrue())
	g.Expect(fmt.Sprint(s.Own, s.Children)).To(Equal("2s 100ms"))
	s.Threads = 2
	g.Expect(s.Dead()).To(BeFalse(), "its first thread alone has ended")
}

func TestProcessThatIsNotThere(t *testing.T) {
	g := NewWithT(t)
	_, err := Read(1<<30, nil)
	g.Expect(err).To(MatchError(ErrVanished))
	_, err = parse(7, nil)
	g.Expect(err).To(MatchError(ErrVanished))
	g.Expect(Born(1 << 30)).To(BeEmpty())
	g.Expect(State(1 << 30)).To(BeEmpty())
}

func TestOwnProcess(t *testing.T) {
	g := NewWithT(t)
	s, err := Read(os.Getpid(), nil)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(s.PPID).To(Equal(os.Getppid()))
	g.Expect(Born(os.Getpid())).To(Equal(fmt.Sprint(s.Start)))
	g.Expect(State(os.Getpid())).To(BeElementOf("R", "S"))
	g.Expect(PIDs()).To(ContainElement(os.Getpid()))
	below, err := Descendants(os.Getppid())
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(below).To(ContainElement(HaveField("PID", os.Getpid())))
}

func TestWaitedKnowsThisProcessAndNoneThatIsGone(t *testing.T) {
	if got := Waited(os.Getpid()); got < 0 || got > time.Hour {
		t.Errorf("this process waited %s", got)
	}
	if got := Waited(1 << 30); got != 0 {
		t.Errorf("a process that is not there waited %s", got)
	}
}
