//go:build !linux

package usage

import (
	"errors"
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
	"time"

	"github.com/shirou/gopsutil/v4/net"
	"github.com/shirou/gopsutil/v4/process"
)

const countsWakeups = false

func processes() ([]proc, error) {
	all, err := process.Processes()
	if err != nil {
		return nil, err
	}
	table := make([]proc, 0, len(all))
	started := make(map[int]int64, len(all))
	for _, p := range all {
		row, err := rowOf(p)
		if err != nil {
			continue // ended meanwhile, or not ours to read: then not our descendant
		}
		started[row.pid] = int64(row.start)
		table = append(table, row)
	}
	if runtime.GOOS == "windows" {
		// Windows keeps the number of a parent that has ended, and gives the
		// number to others: a parent younger than its child is not its parent.
		for i, row := range table {
			if started[row.ppid] > int64(row.start) {
				table[i].ppid = 0
			}
		}
	}
	return table, nil
}

func rowOf(p *process.Process) (proc, error) {
	ppid, err := p.Ppid()
	if err != nil {
		return proc{}, err
	}
	row := proc{pid: int(p.Pid), ppid: int(ppid)}
	if start, err := p.CreateTime(); err == nil {
		row.start = uint64(start)
	}
	if name, err := p.Name(); err == nil {
		row.name = name
	}
	if states, err := p.Status(); err == nil && len(states) > 0 {
		row.ended = states[0] == process.Zombie
	}
	return row, nil
}

func measure(pid int) (reading, error) {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return reading{}, vanished(pid, err)
	}
	row, err := rowOf(p)
	if err != nil {
		return reading{}, vanished(pid, err)
	}
	r := reading{row: row}
	if row.ended {
		return r, nil
	}
	times, err := p.Times()
	if err != nil {
		return reading{}, vanished(pid, fmt.Errorf("read CPU times: %w", err))
	}
	r.cpu = time.Duration((times.User + times.System) * float64(time.Second))
	memory, err := p.MemoryInfo()
	if err != nil {
		return reading{}, vanished(pid, fmt.Errorf("read memory: %w", err))
	}
	r.rss = memory.RSS
	// These two are not to be had everywhere.
	if n, err := p.NumFDs(); err == nil {
		r.descriptors = int(n)
	}
	if n, err := p.NumThreads(); err == nil {
		r.threads = int(n)
	}
	return r, nil
}

// vanished is errVanished when pid no longer exists, err otherwise.
func vanished(pid int, err error) error {
	if errors.Is(err, process.ErrorProcessNotRunning) || errors.Is(err, syscall.ESRCH) {
		return errVanished
	}
	if exists, check := process.PidExists(int32(pid)); check == nil && !exists {
		return errVanished
	}
	return err
}

func command(pid int) string {
	p, err := process.NewProcess(int32(pid))
	if err != nil {
		return ""
	}
	line, err := p.Cmdline()
	if err != nil {
		return ""
	}
	return line
}

func listeners(pids []int) ([]netip.AddrPort, error) {
	var found []netip.AddrPort
	for _, pid := range pids {
		sockets, err := net.ConnectionsPid("tcp", int32(pid))
		if err != nil {
			if err = vanished(pid, err); errors.Is(err, errVanished) {
				continue
			}
			return nil, err
		}
		for _, s := range sockets {
			if s.Status != "LISTEN" {
				continue
			}
			host := s.Laddr.IP
			if host == "*" || host == "" {
				host = "::"
			}
			address, err := netip.ParseAddr(host)
			if err != nil {
				return nil, fmt.Errorf("parse address %q: %w", host, err)
			}
			found = append(found, netip.AddrPortFrom(address, uint16(s.Laddr.Port)))
		}
	}
	return found, nil
}
