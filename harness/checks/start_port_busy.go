package checks

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/bgcheck/bgcheck/harness"
	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startPortBusy = contract.Check{
	Name: "start/port-busy",
	True: "on a port that is taken it ends with a code other than 0 and says so: it does not live on, nor take another port in silence",
	Why:  "A service that lives on without its port looks well to whoever watches the process, and its clients speak to another program.",
	How:  "The harness listens on a port of 127.0.0.1 and of ::1 and launches the service with it; it must end by itself and name the port, or say \"in use\".",
	Fix: "Let the error of the bind reach the end of the process:\n" +
		"    try:\n" +
		"        server = loop.run_until_complete(loop.create_server(Protocol, \"127.0.0.1\", port))\n" +
		"    except OSError as error:\n" +
		"        print(\"cannot listen on port %d: %s\" % (port, error), file=sys.stderr, flush=True)\n" +
		"        sys.exit(1)\n" +
		"An uncaught exception does not do it: Blender exits 0 on that unless --python-exit-code 1 stands before --python.",
	FixPlain: "Let the error of the bind reach the end of the process:\n" +
		"    try:\n" +
		"        listener.bind((\"127.0.0.1\", port))       # or Server((\"127.0.0.1\", port), Handler)\n" +
		"    except OSError as error:\n" +
		"        print(\"cannot listen on port %d: %s\" % (port, error), file=sys.stderr, flush=True)\n" +
		"        sys.exit(1)\n" +
		"Bind before a thread is started: an exception in a thread ends nothing. One on the main thread that nobody catches does not do it " +
		"either: Blender exits 0 on that unless --python-exit-code 1 stands before --python.",
	Needs:  []contract.Need{contract.NeedPort},
	OfLife: true,
	Asks:   contract.OwnLives,
	Run:    judgePortBusy,
}

// judgePortBusy takes a port and launches the service on it.
func judgePortBusy(ctx context.Context, s *contract.Session) report.Result {
	if err := s.Ready(ctx); err != nil {
		return contract.FromError(err)
	}
	if s.FixedPort() {
		s.EndShared(ctx)
	}
	port, release, err := takePort(s)
	if err != nil {
		return contract.Undecided("cannot take a port: " + err.Error())
	}
	tweaks := contract.Tweaks{Port: port, Unready: true}
	if !s.Local() {
		// A container has ports of its own: its launcher takes this one before it starts Blender.
		release()
		tweaks.More = append(tweaks.More, harness.Prepare(func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "scratch", "hold-port"), []byte(strconv.Itoa(port)), 0o644)
		}))
	} else {
		defer release()
	}
	life, err := s.Launch(ctx, tweaks)
	if err != nil {
		return contract.FromError(err)
	}
	if !s.Local() && !life.Marked(ctx, "port-held", time.Second) {
		_ = life.Close()
		return contract.Undecided("the port could not be taken inside the container: that takes a Python in the image")
	}
	want := []string{strconv.Itoa(port), "in use", "in-use", "eaddrinuse", "errno 98", "errno 48", "10048"}
	if address := announced(ctx, s, life, port); address != "" {
		return contract.Passed(fmt.Sprintf("the port %d was taken: it took another, said so, and answers on %s", port, address))
	}
	verdict := awaitRefusal(ctx, s, life, want)
	what := fmt.Sprintf("on the taken port %d", port)
	switch verdict.how {
	case stillRuns:
		if others := verdict.elsewhere; others != "" {
			return contract.Failed(fmt.Sprintf("%s it lives on after %s and listens on %s", what, explain.Short(verdict.waited), others),
				"it takes another port when its own is busy: a client that was told the port speaks to someone else")
		}
		why, fix := explain.Lingers(life.Facts(ctx), "the error of the bind is caught, or lost in a task or a thread, and the main loop goes on without a server: alive and deaf")
		result := contract.Failed(fmt.Sprintf("%s it lives on after %s without listening anywhere", what, explain.Short(verdict.waited)), why)
		result.Fix = fix
		return result
	case endedWell:
		diagnosis := "the failure to bind does not reach the exit code"
		if trace := explain.Raised(verdict.log); trace != "" {
			diagnosis = "the exception ended the launch script, and Blender exits 0 on that: " + trace
		}
		return contract.Failed(what+" it ended with exit code 0", diagnosis)
	case diedOfSignal:
		return contract.Failed(what+" it was "+explain.HowEnded(life.Exit()), "it crashed instead of saying that the port is taken"+explain.Fatal(verdict.log))
	case saidNothing:
		return contract.Failed(fmt.Sprintf("%s it ended with code %d and no message about the port", what, life.Exit().Code),
			"it ends without saying why: whoever starts it cannot know that the port is taken")
	case notJudged:
		return contract.FromError(verdict.err)
	}
	return contract.Passed(fmt.Sprintf("%s it ended with code %d and said: %s", what, life.Exit().Code, verdict.said))
}

// announced is where a service answers whose clients read its port from its
// output, when it has taken another than the busy one; "" for any other.
func announced(ctx context.Context, s *contract.Session, life *contract.Life, busy int) string {
	if s.Target().Service.Port != "announced" {
		return ""
	}
	limited, cancel := context.WithTimeout(ctx, s.Target().Budgets.Ready)
	defer cancel()
	port := life.Announced(limited)
	if port == "" || port == strconv.Itoa(busy) {
		return ""
	}
	address := net.JoinHostPort("127.0.0.1", port)
	if life.AskAt(limited, address) != nil {
		return ""
	}
	return address
}

// takePort listens on a port of the loopback addresses: the target's own when
// that is fixed, else a free one.
func takePort(s *contract.Session) (port int, release func(), err error) {
	number := "0"
	if s.FixedPort() {
		number = s.Target().Service.Port
	}
	first, err := net.Listen("tcp", "127.0.0.1:"+number)
	if err != nil {
		return 0, nil, err
	}
	port = first.Addr().(*net.TCPAddr).Port
	second, err := net.Listen("tcp", net.JoinHostPort("::1", strconv.Itoa(port)))
	if err != nil {
		return port, func() { _ = first.Close() }, nil // no IPv6 here
	}
	return port, func() { _, _ = first.Close(), second.Close() }, nil
}
