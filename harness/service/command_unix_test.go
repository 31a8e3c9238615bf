//go:build unix

package service

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func sh(script string) *CommandClient {
	return Command([]string{"/bin/sh", "-c", script}, map[string]string{"WORD": "hi"})
}

func TestCommandTakesTheRequestAndGivesTheReply(t *testing.T) {
	reply, err := sh(`cat; printf " $WORD"`).Do(within(t), []byte("request"))
	if err != nil || string(reply) != "request hi" {
		t.Errorf("%q, %v", reply, err)
	}
	reply, err = sh("true").Do(within(t), make([]byte, 1<<20)) // does not read it
	if err != nil || len(reply) != 0 {
		t.Errorf("%q, %v", reply, err)
	}
}

func TestCommandThatFailsShowsItsErrorOutput(t *testing.T) {
	reply, err := sh("echo partly; echo oh no >&2; exit 3").Do(within(t), nil)
	var failed *CommandError
	if !errors.As(err, &failed) || failed.Code != 3 || string(failed.Stderr) != "oh no\n" || string(reply) != "partly\n" {
		t.Errorf("%q, %v", reply, err)
	}
	if !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "oh no") {
		t.Errorf("message: %v", err)
	}
	if _, err := sh("kill -9 $$").Do(within(t), nil); !errors.As(err, &failed) || failed.Code != -1 {
		t.Errorf("killed: %v", err)
	}
	if _, err := Command([]string{"/nonexistent/client"}, nil).Do(within(t), nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := Command(nil, nil).Do(within(t), nil); err == nil {
		t.Error("no program: no error")
	}
}

func TestCommandIsKilledWithItsChildren(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	pid := make(chan int, 1)
	go func() {
		defer cancel()
		f, err := os.Open(path)
		if err != nil {
			return
		}
		defer f.Close()
		line, _ := bufio.NewReader(f).ReadString('\n')
		n, _ := strconv.Atoi(strings.TrimSpace(line))
		pid <- n
	}()
	_, err := Command([]string{"/bin/sh", "-c", `sleep 3600 & echo $! > "$0"; wait`, path}, nil).Do(ctx, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	awaitGone(t, <-pid)
}

func awaitGone(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); syscall.Kill(pid, 0) == nil && !zombie(pid); {
		if time.Now().After(deadline) {
			t.Fatalf("process %d still runs", pid)
		}
		time.Sleep(time.Millisecond)
	}
}

func zombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(stat), ") Z ")
}
