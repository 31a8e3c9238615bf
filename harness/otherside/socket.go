package otherside

import (
	"bufio"
	"io"
	"net"
	"regexp"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/target"
)

// socketDoor is a TCP port to which workers connect; lines go to and fro.
type socketDoor struct {
	side *Side
	how  *target.WorkerSocket
	ask  *regexp.Regexp
	addr string

	mu       sync.Mutex // guards what follows
	listener net.Listener
	conns    map[net.Conn]bool
}

func openSocket(s *Side, host string) (door, error) {
	d := &socketDoor{side: s, how: s.worker.Socket, addr: net.JoinHostPort(host, "0"), conns: map[net.Conn]bool{}}
	if d.how.Ask != "" {
		var err error
		if d.ask, err = regexp.Compile(d.how.Ask); err != nil {
			return nil, err
		}
	}
	return d, d.listen()
}

func (d *socketDoor) listen() error {
	listener, err := net.Listen("tcp", d.addr)
	if err != nil {
		return err
	}
	d.addr = listener.Addr().String()
	d.mu.Lock()
	d.listener = listener
	d.mu.Unlock()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return // it was closed
			}
			d.mu.Lock()
			d.conns[conn] = true
			d.mu.Unlock()
			go d.serve(conn)
		}
	}()
	return nil
}

func (d *socketDoor) port() int { return portOf(d.addr) }

func (d *socketDoor) faults() []Fault { return []Fault{Away, Slow, Nonsense} }

func (d *socketDoor) give(*Job) error { return nil }

func (d *socketDoor) set(from, to Fault) error {
	switch {
	case to == Away:
		d.close()
	case from == Away:
		return d.listen()
	case to == Nonsense:
		d.all(func(conn net.Conn) { _, _ = io.WriteString(conn, nonsense+"\n") })
	case to == Slow: // a line that comes in two pieces; the second is its end
		d.all(func(conn net.Conn) {
			_, _ = io.WriteString(conn, `{"slow": `)
			time.AfterFunc(slowness, func() { _, _ = io.WriteString(conn, "true}\n") })
		})
	}
	return nil
}

func (d *socketDoor) all(what func(net.Conn)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for conn := range d.conns {
		what(conn)
	}
}

func (d *socketDoor) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != nil {
		_ = d.listener.Close()
		d.listener = nil
	}
	for conn := range d.conns {
		_ = conn.Close()
	}
}

// serve speaks with one worker.
func (d *socketDoor) serve(conn net.Conn) {
	gone := make(chan struct{})
	idle := make(chan struct{}, 1)
	defer func() {
		close(gone)
		d.mu.Lock()
		delete(d.conns, conn)
		d.mu.Unlock()
		_ = conn.Close()
	}()
	if d.how.Hello != "" {
		_, _ = io.WriteString(conn, d.how.Hello+"\n")
	}
	if d.ask == nil {
		d.side.asked()
		idle <- struct{}{}
	}
	go d.feed(conn, idle, gone)
	lines := bufio.NewScanner(conn)
	lines.Buffer(nil, mostBody)
	for lines.Scan() {
		line := lines.Text()
		d.side.came("", line)
		asks := d.ask != nil && d.ask.MatchString(line)
		if asks {
			d.side.asked()
		}
		if asks || d.ask == nil && d.side.done.MatchString(line) || d.ask == nil && d.side.worker.Failed != "" && d.side.failed.MatchString(line) {
			select {
			case idle <- struct{}{}:
			default:
			}
		}
	}
}

// feed sends a job each time that the worker is idle.
func (d *socketDoor) feed(conn net.Conn, idle, gone chan struct{}) {
	for {
		select {
		case <-idle:
		case <-gone:
			return
		}
		job := d.side.next()
		for job == nil {
			if d.ask != nil && d.how.None != "" {
				break
			}
			if !d.side.changes(gone) {
				return
			}
			job = d.side.next()
		}
		if job == nil {
			_, _ = io.WriteString(conn, d.how.None+"\n")
			continue
		}
		if _, err := io.WriteString(conn, job.Text+"\n"); err != nil {
			d.side.putBack(job)
			return
		}
	}
}

// changes waits for a change; false when gone is closed before.
func (s *Side) changes(gone chan struct{}) bool {
	s.mu.Lock()
	changed := s.changed
	ready := len(s.waiting) > 0 && s.fault == Well
	s.mu.Unlock()
	if ready {
		return true
	}
	select {
	case <-changed:
		return true
	case <-gone:
		return false
	}
}
