package spec

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/internal/procfs"
	"github.com/bgcheck/bgcheck/harness/spec/setup"
)

// mostWay bounds how long one run makes way for another, which may be stopped.
const mostWay = 10 * time.Minute

// makeWay lets two runs of ginkgo in one checkout get along. Ginkgo compiles each
// suite into its own folder, over what is there, and takes the files of all its
// suites away at its end; both would be the end of another run that is about to
// start one of them. So a suite ends only when no other run is compiling, and where
// it is the last of its run (over), when every other run has started its last one,
// or waits here itself.
func makeWay(over bool) {
	here, err := os.Getwd()
	if err != nil {
		return
	}
	program, err := os.Executable()
	command := parentCommand()
	built := slices.ContainsFunc(command, func(word string) bool { return strings.HasSuffix(word, ".test") })
	if err != nil || undeleted(program) != compiled(here) || built {
		return // it was not compiled by this ginkgo into the tree
	}
	if over {
		if waits, err := net.Listen("unix", waitsHere(parent)); err == nil {
			defer waits.Close()
		}
	}
	mine := suitesOf(command, setup.Invocation(), siblings(here))
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for begun, told := time.Now(), false; time.Since(begun) < mostWay && !wasInterrupted(); <-tick.C {
		pid := inTheWay(mine, over)
		if pid == 0 {
			return
		}
		if !told && time.Since(begun) > time.Second {
			told = true
			lines.Line(fmt.Sprintf("bgcheck: waiting for process %d, which runs compiled suites of this folder as well\n", pid))
		}
	}
}

// inTheWay is another ginkgo that runs some of the same suites and has to be waited
// for; 0: none.
func inTheWay(mine []string, over bool) int {
	pids, err := procfs.PIDs()
	if err != nil {
		return 0
	}
	for _, pid := range pids {
		command := commandLine(pid)
		if pid == parent || len(command) < 2 || filepath.Base(command[0]) != "ginkgo" || slices.Contains(otherWords, command[1]) {
			continue
		}
		base, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		if err != nil {
			continue
		}
		suites := suitesOf(command, base, mine)
		if len(suites) == 0 {
			continue
		}
		programs := childPrograms(pids, pid)
		switch {
		case over && !slices.Contains(programs, compiled(suites[len(suites)-1])) && !waiting(pid):
			return pid
		case !over && (len(programs) == 0 || slices.ContainsFunc(programs, func(program string) bool { return filepath.Base(program) == "go" })):
			return pid
		}
	}
	return 0
}

// otherWords are the words of the ginkgo command that run no suites, or go on for
// ever.
var otherWords = []string{"watch", "build", "bootstrap", "generate", "labels", "outline", "unfocus", "version", "help"}

// compiled is where ginkgo puts the suite of a folder.
func compiled(folder string) string { return filepath.Join(folder, filepath.Base(folder)+".test") }

// undeleted is the path of a program whose file has been replaced, or is gone.
func undeleted(program string) string { return strings.TrimSuffix(program, " (deleted)") }

// childPrograms are the files that the children of a process run.
func childPrograms(pids []int, of int) []string {
	var programs []string
	for _, pid := range pids {
		if s, err := procfs.Read(pid, nil); err == nil && s.PPID == of {
			if program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid)); err == nil {
				programs = append(programs, undeleted(program))
			}
		}
	}
	return programs
}

// waitsHere is the name of a socket, which is no file and goes with its process,
// that tells that the last suite of this ginkgo makes way.
func waitsHere(ginkgo int) string { return fmt.Sprintf("@bgcheck/makes-way/%d", ginkgo) }

func waiting(ginkgo int) bool {
	c, err := net.Dial("unix", waitsHere(ginkgo))
	if err != nil {
		return false
	}
	c.Close()
	return true
}
