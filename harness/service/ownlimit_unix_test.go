//go:build unix

package service

import (
	"net"
	"os"
	"syscall"
	"testing"
)

func TestAConnectionThatOurOwnLimitForbidsIsCounted(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Skip(err)
	}
	var held []*os.File
	defer func() {
		for _, file := range held {
			_ = file.Close()
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
			t.Error(err)
		}
	}()
	low := limit
	low.Cur = 64
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &low); err != nil {
		t.Skip(err)
	}
	for {
		file, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		held = append(held, file)
	}
	before := OwnLimits()
	if conn, err := dial(t.Context(), "tcp", listener.Addr().String()); err == nil {
		_ = conn.Close()
		t.Fatal("it connected without a descriptor")
	}
	if OwnLimits() != before+1 {
		t.Errorf("counted %d", OwnLimits()-before)
	}
}
