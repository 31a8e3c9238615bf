package checks

import (
	"context"
	"fmt"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

var stopRequest = contract.Check{
	Name: "stop/request",
	True: "the service's own stop request ends it in the same way",
	Why:  "bpy.ops.wm.quit_blender returns FINISHED in background mode and does nothing.",
	How:  "The stop request of the target file is sent; the end is judged as stop/sigterm.",
	Fix: "Let the request end the loop, after its reply has been sent:\n" +
		"    reply({\"ok\": True})\n" +
		"    loop.call_soon(loop.stop)",
	FixPlain: "Let the request end the loop, after its reply has been sent:\n" +
		"    connection.sendall(reply)\n" +
		"    stopping.set()             # the loop on the main thread looks at it",
	Needs:  []contract.Need{contract.NeedService, contract.NeedStop},
	Asks:   contract.OwnLives,
	Hosted: contract.Beside,
	Run:    judgeStopRequest,
}

// judgeStopRequest uses the service's own request.
func judgeStopRequest(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Launch(ctx, contract.Tweaks{})
	if err != nil {
		return contract.FromError(err)
	}
	life.AskedToEnd()
	began := time.Now()
	reply, replyErr := life.RequestStop(ctx)
	ended, err := awaitEnd(ctx, s, life, s.Target().Budgets.Stop)
	if ended == nil {
		return contract.FromError(err)
	}
	exit := *ended // the harness knows of signals only as requests to end
	exit.Asked, exit.Took = true, time.Since(began)
	end := judgeEnd(ctx, s, life, &exit, "the stop request")
	if end.fault == "ignored" {
		end.diagnosis = "the request ends the server or nothing, and the process goes on"
		if at := s.Source().Cite("quit"); at != "" {
			end.diagnosis += fmt.Sprintf("; bpy.ops.wm.quit_blender returns FINISHED and does nothing in background mode (%s)", at)
		}
	}
	result := unlessSame(ctx, s, end)
	result.Evidence = append(result.Evidence, "reply: "+contract.ReplyText(reply, replyErr))
	return result
}
