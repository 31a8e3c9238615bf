package usage

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"testing"
)

func TestListenersAreThoseOfTheNamedProcessesAlone(t *testing.T) {
	own, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	connected, err := net.Dial("tcp", own.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connected.Close()
	c := start(t, "listener")

	var want []netip.AddrPort
	for _, said := range c.said {
		want = append(want, netip.MustParseAddrPort(said))
	}
	slices.SortFunc(want, netip.AddrPort.Compare)
	got, err := Listeners([]int{c.Process.Pid})
	if err != nil || len(got) != 3 || !slices.Equal(got, want) {
		t.Errorf("listeners of the child: %v, want %v (%v)", got, want, err)
	}
	got, err = Listeners([]int{os.Getpid(), os.Getpid()})
	if err != nil || len(got) != 1 || got[0].String() != own.Addr().String() {
		t.Errorf("own listeners: %v, want %v alone (%v)", got, own.Addr(), err)
	}
	got, err = Listeners([]int{1 << 22})
	if err != nil || len(got) != 0 {
		t.Errorf("listeners of no process: %v, %v", got, err)
	}
}

func TestMappedAddressIsGivenAsV4(t *testing.T) {
	l, err := net.Listen("tcp6", "[::ffff:127.0.0.1]:0")
	if err != nil {
		t.Skip("this system cannot listen on a mapped address:", err)
	}
	defer l.Close()
	got, err := Listeners([]int{os.Getpid()})
	if err != nil || len(got) != 1 || !got[0].Addr().Is4() {
		t.Errorf("listeners: %v, %v", got, err)
	}
}

func TestParseAddress(t *testing.T) {
	for text, want := range map[string]string{
		"0100007F:5B25":                         "127.0.0.1:23333",
		"00000000:0016":                         "0.0.0.0:22",
		"00000000000000000000000001000000:1F90": "[::1]:8080",
		"0000000000000000FFFF00000100007F:1F90": "[::ffff:127.0.0.1]:8080",
	} {
		got, err := parseAddress(text)
		if err != nil || got.String() != want {
			t.Errorf("%s: %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", ":", "01:1", "0100007F", "0100007F:123456", "zz00007F:0016"} {
		if got, err := parseAddress(text); err == nil {
			t.Errorf("%q: %v, want an error", text, got)
		}
	}
}
