package mishap

import (
	"bytes"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// echo answers each connection with what it sends, to its end.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// ask sends a text through a toxic and returns what comes back.
func ask(t *testing.T, toxic Toxic, text []byte) ([]byte, error) {
	t.Helper()
	proxy, err := Through(echo(t), toxic)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = proxy.Close() }()
	conn, err := net.Dial("tcp", proxy.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write(text); err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).CloseWrite()
	return io.ReadAll(conn)
}

func TestWhatIsSlowLosesNothing(t *testing.T) {
	text := bytes.Repeat([]byte("bad network "), 20)
	for _, toxic := range append(Slow(), Toxic{Name: "none"}) {
		t.Run(toxic.Name, func(t *testing.T) {
			t.Parallel()
			if got, err := ask(t, toxic, text); err != nil || !bytes.Equal(got, text) {
				t.Errorf("%d bytes of %d, %v", len(got), len(text), err)
			}
		})
	}
}

func TestWhatIsCutEndsAndSaysHow(t *testing.T) {
	text := []byte("bad network")
	if got, err := ask(t, Toxic{Timeout: time.Millisecond}, text); len(got) > 0 {
		t.Errorf("through a timeout came %q, %v", got, err)
	}
	if got, err := ask(t, Toxic{Limit: 4}, text); string(got) != "bad " && !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("through a limit of 4 came %q, %v", got, err)
	}
	if _, err := ask(t, Toxic{ResetPeer: 50 * time.Millisecond, Latency: time.Hour}, text); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("a reset was seen as %v", err)
	}
}
