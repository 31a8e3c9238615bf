package usage

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
)

// listeners joins the socket inodes among each process's descriptors with the
// table of its network namespace, which is read once a namespace.
func listeners(pids []int) ([]netip.AddrPort, error) {
	tables := map[string]map[string]netip.AddrPort{}
	var found []netip.AddrPort
	for _, pid := range pids {
		inodes, err := sockets(pid)
		if errors.Is(err, errVanished) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if len(inodes) == 0 {
			continue
		}
		space, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/ns/net")
		if err != nil {
			if err = procfs.Error("readlink", "/proc/"+strconv.Itoa(pid)+"/ns/net", err); errors.Is(err, errVanished) {
				continue
			}
			return nil, err
		}
		table, known := tables[space]
		if !known {
			if table, err = listenTable(pid); errors.Is(err, errVanished) {
				continue
			} else if err != nil {
				return nil, err
			}
			tables[space] = table
		}
		for _, inode := range inodes {
			if address, ok := table[inode]; ok {
				found = append(found, address)
			}
		}
	}
	return found, nil
}

// sockets lists the inodes of a process's open sockets.
func sockets(pid int) ([]string, error) {
	folder := "/proc/" + strconv.Itoa(pid) + "/fd"
	names, err := procfs.Entries(folder)
	if err != nil {
		return nil, err
	}
	var inodes []string
	for _, name := range names {
		target, err := os.Readlink(folder + "/" + name)
		if err != nil {
			continue // closed meanwhile
		}
		if rest, ok := strings.CutPrefix(target, "socket:["); ok {
			inodes = append(inodes, strings.TrimSuffix(rest, "]"))
		}
	}
	return inodes, nil
}

// listenTable maps inodes to addresses, of the sockets that listen in the
// namespace of pid.
func listenTable(pid int) (map[string]netip.AddrPort, error) {
	table := map[string]netip.AddrPort{}
	for _, name := range []string{"tcp", "tcp6"} {
		path := "/proc/" + strconv.Itoa(pid) + "/net/" + name
		err := readListenTable(path, table)
		if errors.Is(err, errVanished) && name == "tcp6" {
			continue // a kernel without IPv6
		}
		if err != nil {
			return nil, err
		}
	}
	return table, nil
}

func readListenTable(path string, table map[string]netip.AddrPort) error {
	f, err := os.Open(path)
	if err != nil {
		return procfs.Error("open", path, err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		const listening = "0A" // TCP_LISTEN
		if len(f) < 10 || f[3] != listening {
			continue
		}
		address, err := parseAddress(f[1])
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		table[f[9]] = address
	}
	if err := lines.Err(); err != nil {
		return procfs.Error("read", path, err)
	}
	return nil
}

// parseAddress reads "0100007F:5B25": words of 32 bits in the machine's byte
// order, then the port.
func parseAddress(s string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(s, ":")
	raw, err := hex.DecodeString(host)
	if err != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, fmt.Errorf("parse address %q", s)
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	number, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("parse address %q: %w", s, err)
	}
	address, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(address, uint16(number)), nil
}
