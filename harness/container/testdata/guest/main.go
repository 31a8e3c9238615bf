// Command guest takes Blender's place in the images that the tests make. What
// it does is asked for by environment:
//
//	GUEST_CHILD=1       start a child in a session of its own that outlives it
//	GUEST_WRITE=FILE    write "written" to FILE, and say how that went
//	GUEST_ABOUT=1       say user, working directory and arguments
//	GUEST_POUR=N        print N lines of 64 bytes, every second one on stderr
//	GUEST_EAT=MIB       use so much memory
//	GUEST_DIAL=ADDRESS  connect there, and say how that went
//	GUEST_DIE=SIGNAL    die by that signal
//	GUEST_PORT=PORT     answer "pong" on it at GUEST_HOST (default 127.0.0.1), and announce it;
//	                    only once the file GUEST_AFTER exists, if that is set
//	GUEST_HOLD=1        stay
//	GUEST_EXIT=CODE     end with CODE
package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "stay" {
		time.Sleep(time.Hour)
	}
	for _, arg := range os.Args[1:] {
		if arg == "--version" {
			fmt.Println("Blender 9.8.7")
			return
		}
	}
	if os.Getenv("GUEST_CHILD") != "" {
		child := exec.Command(os.Args[0], "stay")
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		fmt.Println("child", child.Start())
	}
	if file := os.Getenv("GUEST_WRITE"); file != "" {
		fmt.Println("write", file, os.WriteFile(file, []byte("written"), 0o644))
	}
	if os.Getenv("GUEST_ABOUT") != "" {
		dir, _ := os.Getwd()
		fmt.Println("about", os.Getuid(), dir, strings.Join(os.Args[1:], " "))
	}
	for i := range number("GUEST_POUR") {
		stream := os.Stdout
		if i%2 == 1 {
			stream = os.Stderr
		}
		_, _ = fmt.Fprintf(stream, "line %9d %s\n", i, strings.Repeat(".", 48))
	}
	var eaten [][]byte
	for range number("GUEST_EAT") {
		page := make([]byte, 1<<20)
		for i := range page {
			page[i] = 1
		}
		eaten = append(eaten, page)
	}
	if len(eaten) > 0 {
		fmt.Println("eaten", len(eaten))
	}
	if address := os.Getenv("GUEST_DIAL"); address != "" {
		_, err := net.DialTimeout("tcp", address, 2*time.Second)
		fmt.Println("dial", address, err)
	}
	if signal := number("GUEST_DIE"); signal != 0 {
		_ = syscall.Kill(os.Getpid(), syscall.Signal(signal))
	}
	if port := os.Getenv("GUEST_PORT"); port != "" {
		serve(port)
	}
	if os.Getenv("GUEST_HOLD") != "" {
		fmt.Println("holding")
		time.Sleep(time.Hour)
	}
	os.Exit(number("GUEST_EXIT"))
}

func number(name string) int {
	n, _ := strconv.Atoi(os.Getenv(name))
	return n
}

func serve(port string) {
	for file := os.Getenv("GUEST_AFTER"); file != ""; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			break
		}
	}
	host := os.Getenv("GUEST_HOST")
	if host == "" {
		host = "127.0.0.1"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		fmt.Println("listen", err)
		os.Exit(1)
	}
	fmt.Println("guest: listening on", l.Addr())
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = c.Write([]byte("pong"))
		_ = c.Close()
	}
}
