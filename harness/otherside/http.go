package otherside

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/bgcheck/bgcheck/harness/target"
)

// mostBody is how much of a result is read.
const mostBody = 16 << 20

// httpDoor is an HTTP server that can go away and come back.
type httpDoor struct {
	side  *Side
	how   *target.WorkerHTTP
	ask   *regexp.Regexp
	takes []*regexp.Regexp
	addr  string

	mu     sync.Mutex // guards server
	server *http.Server
}

func openHTTP(s *Side, host string) (door, error) {
	d := &httpDoor{side: s, how: s.worker.HTTP, addr: net.JoinHostPort(host, "0")}
	var ok bool
	if d.ask, ok = target.Route(d.how.Ask); !ok {
		return nil, fmt.Errorf("%q is no method and path", d.how.Ask)
	}
	for _, route := range d.how.Takes {
		taking, ok := target.Route(route)
		if !ok {
			return nil, fmt.Errorf("%q is no method and path", route)
		}
		d.takes = append(d.takes, taking)
	}
	return d, d.listen()
}

func (d *httpDoor) listen() error {
	listener, err := net.Listen("tcp", d.addr)
	if err != nil {
		return err
	}
	d.addr = listener.Addr().String()
	server := &http.Server{Handler: d, ReadHeaderTimeout: time.Minute}
	d.mu.Lock()
	d.server = server
	d.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // ends when it is closed
	return nil
}

func (d *httpDoor) port() int { return portOf(d.addr) }

func (d *httpDoor) faults() []Fault { return []Fault{Away, Slow, Nonsense, Broken} }

func (d *httpDoor) give(*Job) error { return nil }

func (d *httpDoor) set(from, to Fault) error {
	switch {
	case to == Away:
		d.close()
	case from == Away:
		return d.listen()
	}
	return nil
}

func (d *httpDoor) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.server != nil {
		_ = d.server.Close()
		d.server = nil
	}
}

// ServeHTTP answers one request.
func (d *httpDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	line := r.Method + " " + r.URL.RequestURI()
	body, err := io.ReadAll(io.LimitReader(r.Body, mostBody))
	if err != nil {
		return // it broke off
	}
	asks := d.ask.MatchString(line)
	if asks {
		d.side.asked()
	}
	switch d.side.now() {
	case Well, Away:
	case Slow:
		select {
		case <-time.After(slowness):
		case <-r.Context().Done():
			return
		}
	case Nonsense:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, nonsense)
		return
	case Broken:
		http.Error(w, "internal server error", http.StatusInternalServerError)
		return
	}
	for _, taking := range d.takes {
		if at := taking.FindStringSubmatch(line); at != nil {
			id := ""
			if i := taking.SubexpIndex("id"); i > 0 {
				id = at[i]
			}
			_ = answer(w, http.StatusOK, d.how.Reply) // it asks again when it has not come
			d.side.came(id, line+"\n"+string(body))
			return
		}
	}
	if !asks {
		d.side.other(line)
		http.NotFound(w, r)
		return
	}
	job := d.side.next()
	if job == nil {
		status, text := d.how.NoneStatus()
		_ = answer(w, status, text)
		return
	}
	text := strings.NewReplacer("{job}", job.Text, "{id}", job.ID).Replace(d.how.Gives)
	if answer(w, http.StatusOK, text) != nil {
		d.side.putBack(job)
	}
}

// answer writes a whole reply.
func answer(w http.ResponseWriter, status int, text string) error {
	kind := "text/plain; charset=utf-8"
	if json.Valid([]byte(text)) {
		kind = "application/json"
	}
	if text != "" {
		w.Header().Set("Content-Type", kind)
	}
	w.WriteHeader(status)
	_, err := io.WriteString(w, text)
	if flusher, ok := w.(http.Flusher); ok && err == nil {
		flusher.Flush()
	}
	return err
}

// portOf is the port of an address.
func portOf(address string) int {
	_, text, _ := net.SplitHostPort(address)
	port, _ := net.LookupPort("tcp", text)
	return port
}
