package port

import (
	"fmt"
	"io"
	"net"
	"testing"

	. "github.com/onsi/gomega"
)

func TestReservedPortsDifferAndLieOutsideTheEphemeralRange(t *testing.T) {
	g := NewWithT(t)
	first, last := ephemeralRange()
	seen := map[int]bool{}
	for range 50 {
		r, err := Reserve()
		g.Expect(err).NotTo(HaveOccurred())
		defer r.Release()
		port := r.Port
		g.Expect(seen).NotTo(HaveKey(port))
		seen[port] = true
		g.Expect(port < first || port > last).To(BeTrue(), "%d lies in %d..%d", port, first, last)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(l.Close()).To(Succeed())
	}
}

func TestReservedPortIsLockedUntilItIsReleased(t *testing.T) {
	g := NewWithT(t)
	r, err := Reserve()
	g.Expect(err).NotTo(HaveOccurred())
	path := r.lock.Name()
	_, err = lockFile(path)
	g.Expect(err).To(HaveOccurred())
	r.Release()
	r.Release()
	g.Expect(path).NotTo(BeAnExistingFile())
	again, err := lockFile(path)
	g.Expect(err).NotTo(HaveOccurred())
	unlockFile(again)
}

func TestPortInUseOrLingeringIsNotBindable(t *testing.T) {
	g := NewWithT(t)
	for _, address := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::1]:0"} {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Logf("no %s here: %v", address, err)
			continue
		}
		g.Expect(bindable(l.Addr().(*net.TCPAddr).Port)).NotTo(Succeed(), address)
		g.Expect(l.Close()).To(Succeed())
	}

	// A connection that the service's side closed first lingers on its port.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	g.Expect(err).NotTo(HaveOccurred())
	client, err := net.Dial("tcp", l.Addr().String())
	g.Expect(err).NotTo(HaveOccurred())
	served, err := l.Accept()
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(served.Close()).To(Succeed())
	_, err = io.ReadAll(client)
	g.Expect(err).NotTo(HaveOccurred())
	g.Expect(client.Close()).To(Succeed())
	g.Expect(l.Close()).To(Succeed())
	g.Expect(bindable(l.Addr().(*net.TCPAddr).Port)).NotTo(Succeed())
}
