package bench

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// patience bounds one wait of the client. It is no budget: a server that does
// not answer ends the run.
const patience = 60 * time.Second

// errShort is a connection that ended before the reply did.
var errShort = errors.New("the connection ended before the reply")

// conn is a blocking socket. Its calls bypass the scheduler: a blocked call
// keeps its processor, which costs the least and needs a locked thread. When
// the scheduler wants it back, as a collection does, it interrupts the call:
// then it must get it, by Gosched, or a collection waits as long as the call.
type conn int

// dial connects to a port of this machine.
func dial(address netip.AddrPort) (conn, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("make socket: %w", err)
	}
	c := conn(fd)
	limit := syscall.NsecToTimeval(patience.Nanoseconds())
	for _, option := range []int{syscall.SO_RCVTIMEO, syscall.SO_SNDTIMEO} {
		if err := syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, option, &limit); err != nil {
			c.close()
			return -1, fmt.Errorf("set up socket: %w", err)
		}
	}
	if err := syscall.SetsockoptInt(fd, syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1); err != nil {
		c.close()
		return -1, fmt.Errorf("set up socket: %w", err)
	}
	raw := syscall.RawSockaddrInet4{Family: syscall.AF_INET, Addr: address.Addr().As4()}
	port := (*[2]byte)(unsafe.Pointer(&raw.Port))
	port[0], port[1] = byte(address.Port()>>8), byte(address.Port())
	for {
		_, _, code := syscall.RawSyscall(syscall.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&raw)), unsafe.Sizeof(raw))
		switch code {
		case 0, syscall.EISCONN:
			return c, nil
		case syscall.EINTR, syscall.EALREADY:
			runtime.Gosched()
		default:
			c.close()
			return -1, fmt.Errorf("connect to %s: %w", address, code)
		}
	}
}

// send writes all of data.
func (c conn) send(data []byte) error {
	for len(data) > 0 {
		n, _, code := syscall.RawSyscall(syscall.SYS_WRITE, uintptr(c), uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)))
		switch code {
		case 0:
			data = data[n:]
		case syscall.EINTR:
			runtime.Gosched()
		default:
			return fmt.Errorf("send request: %w", code)
		}
	}
	return nil
}

// read reads once; 0 bytes are the end of file.
func (c conn) read(buffer []byte) (int, error) {
	for {
		n, _, code := syscall.RawSyscall(syscall.SYS_READ, uintptr(c), uintptr(unsafe.Pointer(&buffer[0])), uintptr(len(buffer)))
		switch code {
		case 0:
			return int(n), nil
		case syscall.EINTR:
			runtime.Gosched()
		case syscall.EAGAIN:
			return 0, fmt.Errorf("read reply: none within %s", patience)
		default:
			return 0, fmt.Errorf("read reply: %w", code)
		}
	}
}

// receive reads as many bytes as the expected reply has, and compares.
func (c conn) receive(want, buffer []byte) error {
	have := 0
	for have < len(want) {
		n, err := c.read(buffer[have:])
		if err != nil {
			return err
		}
		if n == 0 {
			return errShort
		}
		have += n
	}
	if !bytes.Equal(buffer[:have], want) {
		return fmt.Errorf("another reply than the first one: %.200q", buffer[:have])
	}
	return nil
}

// drain waits for the end of file.
func (c conn) drain(buffer []byte) error {
	n, err := c.read(buffer)
	if errors.Is(err, syscall.ECONNRESET) {
		return nil
	}
	if err == nil && n > 0 {
		err = fmt.Errorf("more than the reply: %.200q", buffer[:n])
	}
	return err
}

func (c conn) close() {
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(c), 0, 0)
}

// learn asks once and returns the whole reply: to the end of file, or, kept
// open, to the line's end.
func learn(address netip.AddrPort, request []byte, keep bool) ([]byte, error) {
	c, err := dial(address)
	if err != nil {
		return nil, err
	}
	defer c.close()
	if err := c.send(request); err != nil {
		return nil, err
	}
	var reply []byte
	buffer := make([]byte, 1<<18)
	for {
		n, err := c.read(buffer)
		if err != nil {
			return nil, err
		}
		reply = append(reply, buffer[:n]...)
		switch {
		case keep && n == 0, len(reply) == 0:
			return nil, errShort
		case n == 0, keep && reply[len(reply)-1] == '\n':
			return reply, nil
		}
	}
}

// oneByOne asks on a new connection each time.
func (l load) oneByOne() (t timings, err error) {
	buffer := make([]byte, len(l.want)+4096)
	err = onThread(func() error {
		began := time.Now()
		for i := 0; i < l.count || time.Since(began) < l.time; i++ {
			start := time.Now()
			c, err := dial(l.address)
			if err != nil {
				return err
			}
			if err = c.send(l.requests[i%len(l.requests)]); err == nil {
				err = c.receive(l.want, buffer)
			}
			t.took = append(t.took, milliseconds(time.Since(start)))
			if err == nil {
				err = c.drain(buffer)
			}
			c.close()
			if err != nil {
				return err
			}
		}
		t.elapsed = time.Since(began)
		return nil
	})
	return t, err
}

// keptOpen asks on one connection.
func (l load) keptOpen() (t timings, err error) {
	c, err := dial(l.address)
	if err != nil {
		return t, err
	}
	defer c.close()
	err = onThread(func() error {
		t, err = l.on(c)
		return err
	})
	return t, err
}

// on asks on a connection that is open.
func (l load) on(c conn) (t timings, err error) {
	buffer := make([]byte, len(l.want)+4096)
	began := time.Now()
	for i := 0; i < l.count || time.Since(began) < l.time; i++ {
		start := time.Now()
		if err := c.send(l.requests[i%len(l.requests)]); err != nil {
			return t, err
		}
		if err := c.receive(l.want, buffer); err != nil {
			return t, err
		}
		t.took = append(t.took, milliseconds(time.Since(start)))
	}
	t.elapsed = time.Since(began)
	return t, nil
}

// atOnce keeps clients connections busy from one thread, a new connection for
// each request.
func (l load) atOnce(clients int) (t timings, err error) {
	err = onThread(func() error {
		t, err = l.poll(clients)
		return err
	})
	return t, err
}

// pending is one connection of poll's.
type pending struct {
	start   time.Time
	reply   []byte
	have    int
	replied bool
}

func (l load) poll(clients int) (t timings, err error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return t, fmt.Errorf("make epoll: %w", err)
	}
	defer syscall.Close(epoll)
	open := map[conn]*pending{}
	defer func() {
		for c := range open {
			c.close()
		}
	}()
	began, asked := time.Now(), 0
	ask := func(p *pending) error {
		p.start, p.have, p.replied = time.Now(), 0, false
		c, err := dial(l.address)
		if err != nil {
			return err
		}
		open[c] = p
		asked++
		if err := c.send(l.requests[asked%len(l.requests)]); err != nil {
			return err
		}
		event := syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(c)}
		return syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, int(c), &event)
	}
	for range clients {
		if err := ask(&pending{reply: make([]byte, len(l.want)+4096)}); err != nil {
			return t, err
		}
	}
	events := make([]syscall.EpollEvent, clients)
	for len(open) > 0 {
		n, err := wait(epoll, events)
		if err != nil {
			return t, err
		}
		for _, event := range events[:n] {
			c := conn(event.Fd)
			p := open[c]
			ended, err := p.advance(c, l.want)
			if err != nil {
				return t, err
			}
			if !p.replied && p.have == len(l.want) {
				p.replied = true
				t.took = append(t.took, milliseconds(time.Since(p.start)))
			}
			if !ended {
				continue
			}
			delete(open, c)
			c.close()
			if asked < l.count || time.Since(began) < l.time {
				if err := ask(p); err != nil {
					return t, err
				}
			}
		}
	}
	t.elapsed = time.Since(began)
	return t, nil
}

// advance reads what has come; ended tells the end of file after a whole reply.
func (p *pending) advance(c conn, want []byte) (ended bool, err error) {
	n, err := c.read(p.reply[p.have:])
	if errors.Is(err, syscall.ECONNRESET) && p.replied {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	p.have += n
	switch {
	case n > 0 && p.have >= len(want) && !bytes.Equal(p.reply[:p.have], want):
		return false, fmt.Errorf("another reply than the first one: %.200q", p.reply[:p.have])
	case n == 0 && p.have < len(want):
		return false, errShort
	}
	return n == 0, nil
}

func wait(epoll int, events []syscall.EpollEvent) (int, error) {
	for {
		n, _, code := syscall.RawSyscall6(syscall.SYS_EPOLL_PWAIT, uintptr(epoll), uintptr(unsafe.Pointer(&events[0])),
			uintptr(len(events)), uintptr(patience.Milliseconds()), 0, 0)
		switch {
		case code == syscall.EINTR:
			runtime.Gosched()
		case code != 0:
			return 0, fmt.Errorf("wait for replies: %w", code)
		case n == 0:
			return 0, fmt.Errorf("wait for replies: none within %s", patience)
		default:
			return int(n), nil
		}
	}
}

// monotonic is the system's monotonic clock, which Python reads too.
func monotonic() time.Duration { return clock(1) }

// ownCPU is what this process has used, user and system.
func ownCPU() time.Duration { return clock(2) }

// clock reads one of the system's: CLOCK_MONOTONIC is 1, CLOCK_PROCESS_CPUTIME_ID 2.
func clock(id uintptr) time.Duration {
	var now syscall.Timespec
	_, _, _ = syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, id, uintptr(unsafe.Pointer(&now)), 0)
	return time.Duration(now.Nano())
}
