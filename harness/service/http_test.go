package service

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func serveHTTP(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

func TestHTTPSendsWhatTheOptionsSay(t *testing.T) {
	var got *http.Request
	address := serveHTTP(t, func(w http.ResponseWriter, r *http.Request) {
		got = r
		_, _ = io.Copy(w, r.Body)
	})
	reply, err := HTTP(address, HTTPOptions{}).Do(within(t), []byte(hello))
	if err != nil || string(reply) != hello || got.Method != "POST" || got.URL.Path != "/" ||
		got.Header.Get("Content-Type") != "application/json" || !got.Close {
		t.Errorf("defaults: %q, %v, %+v", reply, err, got)
	}
	client := HTTP(address, HTTPOptions{Method: "PUT", Path: "run?x=1", Headers: map[string]string{
		"content-type": "text/plain", "Host": "example.org", "X-A": "b"}})
	reply, err = client.DoFragmented(within(t), []byte("text"), 1)
	if err != nil || string(reply) != "text" || got.Method != "PUT" || got.URL.String() != "/run?x=1" ||
		got.Header.Get("Content-Type") != "text/plain" || got.Host != "example.org" || got.Header.Get("X-A") != "b" {
		t.Errorf("options: %q, %v, %+v", reply, err, got)
	}
	reply, err = HTTP(address, HTTPOptions{}).Do(within(t), nil)
	if err != nil || reply == nil || len(reply) != 0 || got.Method != "GET" {
		t.Errorf("no body: %q, %v, %+v", reply, err, got)
	}
}

func TestHTTPStatusIsAnErrorWithItsBody(t *testing.T) {
	address := serveHTTP(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, "short and stout")
	})
	reply, err := HTTP(address, HTTPOptions{}).Do(within(t), []byte(hello))
	var status *StatusError
	if !errors.As(err, &status) || status.Code != 418 || string(reply) != "short and stout" || string(status.Body) != string(reply) {
		t.Errorf("%q, %v", reply, err)
	}
}

func TestHTTPServersThatMisbehave(t *testing.T) {
	malformedIs := func(truncated bool) func(error) bool {
		return func(err error) bool { var e *MalformedError; return errors.As(err, &e) && e.Truncated == truncated }
	}
	for name, c := range map[string]struct {
		reply string
		is    func(error) bool
	}{
		"garbage":        {"{\"ok\": true}\n", malformedIs(false)},
		"half a head":    {"HTTP/1.1 200 OK\r\nConte", malformedIs(true)},
		"half a body":    {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", malformedIs(true)},
		"a bad chunk":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", malformedIs(false)},
		"closes":         {"", func(err error) bool { var e *NoReplyError; return errors.As(err, &e) }},
		"1xx before 200": {"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", func(err error) bool { return err == nil }},
		"body to EOF":    {"HTTP/1.0 200 OK\r\n\r\nok", func(err error) bool { return err == nil }},
	} {
		client := HTTP(serve(t, firstBytes(c.reply)), HTTPOptions{})
		reply, err := client.Do(within(t), []byte(hello))
		if !c.is(err) || err == nil && string(reply) != "ok" || err != nil && string(reply) != c.reply {
			t.Errorf("%s: %q, %v", name, reply, err)
		}
	}
}

func TestHTTPRawReplyComesAsItIs(t *testing.T) {
	address := serveHTTP(t, func(http.ResponseWriter, *http.Request) {})
	reply, err := HTTP(address, HTTPOptions{}).DoRaw(within(t), []byte("NONSENSE\r\n\r\n"), EndNone)
	if err != nil || !strings.HasPrefix(string(reply), "HTTP/1.1 400 Bad Request\r\n") {
		t.Errorf("%q, %v", reply, err)
	}
	sawReset := make(chan error, 1)
	address = serve(t, func(conn *net.TCPConn) {
		_, err := io.ReadAll(conn)
		sawReset <- err
	})
	if _, err := HTTP(address, HTTPOptions{}).DoRaw(within(t), []byte("GET"), EndReset); err != nil || !isReset(<-sawReset) {
		t.Errorf("reset: %v", err)
	}
}
