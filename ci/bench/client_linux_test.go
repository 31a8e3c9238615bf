package bench

import (
	"bufio"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	. "github.com/onsi/gomega"
)

func TestMain(m *testing.M) {
	// The client's calls keep their processor; the servers of the tests need others.
	runtime.GOMAXPROCS(max(4, runtime.GOMAXPROCS(0)))
	os.Exit(m.Run())
}

// serve lets answer have every connection, and tells how many there were.
func serve(t *testing.T, answer func(n int64, c net.Conn)) (netip.AddrPort, *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	count := &atomic.Int64{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n := count.Add(1)
			go func() {
				answer(n, c)
				_ = c.Close()
			}()
		}
	}()
	return netip.MustParseAddrPort(l.Addr().String()), count
}

// echoOnce replies with as many bytes as the request has.
func echoOnce(_ int64, c net.Conn) {
	buffer := make([]byte, len(echoRequest))
	if _, err := io.ReadFull(c, buffer); err == nil {
		_, _ = c.Write(buffer)
	}
}

func TestTheWireIsMeasuredWithoutAService(t *testing.T) {
	g := NewWithT(t)
	bare, err := wire(time.Millisecond)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(bare.Count).To(BeNumerically(">=", 20))
	g.Expect(bare.P50).To(BeNumerically(">", 0))
}

func someLoad(address netip.AddrPort, count int) load {
	return load{address, [][]byte{echoRequest}, echoRequest, 0, count}
}

func TestEveryRequestIsCounted(t *testing.T) {
	g := NewWithT(t)
	address, count := serve(t, echoOnce)
	g.Expect(learn(address, echoRequest, false)).To(Equal(echoRequest))
	one, err := someLoad(address, 50).oneByOne()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(one.took).To(HaveLen(50))
	many, err := someLoad(address, 200).atOnce(32)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(many.took).To(HaveLen(200))
	g.Expect(count.Load()).To(Equal(int64(251)))
}

func TestALoadLastsAsLongAsItIsTold(t *testing.T) {
	g := NewWithT(t)
	address, _ := serve(t, echoOnce)
	l := someLoad(address, 1)
	l.time = 20 * time.Millisecond
	took, err := l.oneByOne()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(took.elapsed).To(BeNumerically(">=", l.time))
}

func TestOneConnectionServesManyRequests(t *testing.T) {
	g := NewWithT(t)
	address, count := serve(t, func(_ int64, c net.Conn) {
		for lines := bufio.NewReader(c); ; {
			text, err := lines.ReadBytes('\n')
			if err != nil {
				return
			}
			_, _ = c.Write(text[:5]) // in two pieces
			_, _ = c.Write(text[5:])
		}
	})
	request := line(echoRequest)
	g.Expect(learn(address, request, true)).To(Equal(request))
	took, err := load{address, [][]byte{request}, request, 0, 100}.keptOpen()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(took.took).To(HaveLen(100))
	g.Expect(count.Load()).To(Equal(int64(2)))
}

func TestALostReplyEndsTheLoad(t *testing.T) {
	g := NewWithT(t)
	address, _ := serve(t, func(n int64, c net.Conn) {
		if n == 10 {
			_, _ = io.ReadFull(c, make([]byte, len(echoRequest)))
			_, _ = c.Write(echoRequest[:7])
			return
		}
		echoOnce(n, c)
	})
	_, err := someLoad(address, 50).oneByOne()
	g.Expect(err).To(MatchError(errShort))
	address, _ = serve(t, func(n int64, c net.Conn) {
		if n != 40 {
			echoOnce(n, c)
			return
		}
		_, _ = io.ReadFull(c, make([]byte, len(echoRequest)))
	})
	_, err = someLoad(address, 100).atOnce(32)
	g.Expect(err).To(MatchError(errShort))
}

func TestAnotherReplyEndsTheLoad(t *testing.T) {
	g := NewWithT(t)
	mixed := func(extra string) func(int64, net.Conn) {
		return func(n int64, c net.Conn) {
			buffer := make([]byte, len(echoRequest))
			_, _ = io.ReadFull(c, buffer)
			if n == 10 {
				buffer[3]++
			}
			_, _ = c.Write(append(buffer, extra...))
		}
	}
	for name, run := range map[string]func(load) (timings, error){
		"one by one": load.oneByOne,
		"at once":    func(l load) (timings, error) { return l.atOnce(8) },
	} {
		address, _ := serve(t, mixed(""))
		_, err := run(someLoad(address, 50))
		g.Expect(err).To(MatchError(ContainSubstring("another reply than the first")), name)
		address, _ = serve(t, mixed("more"))
		_, err = run(someLoad(address, 5))
		g.Expect(err).To(MatchError(Or(ContainSubstring("more than the reply"), ContainSubstring("another reply"))), name)
	}
}

func TestNobodyListens(t *testing.T) {
	g := NewWithT(t)
	_, err := dial(netip.MustParseAddrPort("127.0.0.1:1"))
	g.Expect(err).To(MatchError(ContainSubstring("connect to 127.0.0.1:1: connection refused")))
}
