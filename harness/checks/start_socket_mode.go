package checks

import (
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var startSocketMode = contract.Check{
	Name: "start/socket-mode",
	True: "the mode of its Unix socket, or of the folder it lies in, keeps other users out, unless the target file declares otherwise (listens: any)",
	Why:  "Who may write to the socket's file may connect. A service that runs Python for its clients would run it for every user of the machine.",
	How:  "The modes of the socket's file and of the folders that the service has made for it are read; to connect takes the right to write.",
	Fix: "Make the file in a folder of the user's own, or take the right away before anybody can connect:\n" +
		"    before = os.umask(0o077)\n" +
		"    listener.bind(path)\n" +
		"    os.umask(before)",
	Needs: []contract.Need{contract.NeedSocket},
	Run:   judgeSocketMode,
}

// judgeSocketMode looks at who may connect.
func judgeSocketMode(ctx context.Context, s *contract.Session) report.Result {
	if s.Target().Service.Listens == "any" {
		return contract.Skipped("the target file allows other users (listens: any)")
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	socket := life.Socket()
	mode, err := life.Mode(ctx, socket)
	if err != nil {
		return contract.Undecided("cannot look at its socket: " + explain.FirstLine(err))
	}
	const write, enter = 0o002, 0o001 // of others
	seen := fmt.Sprintf("%s has mode %04o", socket, mode.Perm())
	if mode&write == 0 {
		return contract.Passed(seen)
	}
	// The scratch folder, and what is above it, is not the service's.
	for folder := path.Dir(socket); folder != "/" && folder != life.Scratch() && !strings.HasPrefix(life.Scratch(), folder+"/"); folder = path.Dir(folder) {
		if above, err := life.Mode(ctx, folder); err == nil && above&enter == 0 {
			return contract.Passed(fmt.Sprintf("%s, and its folder %s %04o", seen, folder, above.Perm()))
		}
	}
	return contract.Failed(seen+": everybody may connect", "bind() gives the file the rights that the umask leaves, and chmod those that it says"+s.Source().Perhaps("chmod"))
}
