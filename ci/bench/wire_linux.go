package bench

import (
	"fmt"
	"net"
	"net/netip"
	"time"
)

// wire measures what a request on a kept-open connection takes without a
// service: one thread sends back what another one sends. Below that nobody
// comes on this machine, for each side has to be woken.
func wire(slice time.Duration) (*Percentiles, error) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	defer listener.Close()
	ended := make(chan error, 1)
	go func() { ended <- onThread(func() error { return sendBack(listener) }) }()
	want := line(echoRequest)
	t, err := load{netip.MustParseAddrPort(listener.Addr().String()), [][]byte{want}, want, slice, 20}.keptOpen()
	listener.Close() // in case nobody has come
	if other := <-ended; err == nil {
		err = other
	}
	if err != nil {
		return nil, fmt.Errorf("measure the wire: %w", err)
	}
	return t.percentiles(), nil
}

// sendBack serves one connection to its end.
func sendBack(listener net.Listener) error {
	accepted, err := listener.Accept()
	if err != nil {
		return err
	}
	file, err := accepted.(*net.TCPConn).File() // a blocking one
	accepted.Close()
	if err != nil {
		return err
	}
	defer file.Close()
	c := conn(file.Fd())
	buffer := make([]byte, 4096)
	for {
		n, err := c.read(buffer)
		if err != nil || n == 0 {
			return err
		}
		if err := c.send(buffer[:n]); err != nil {
			return err
		}
	}
}
