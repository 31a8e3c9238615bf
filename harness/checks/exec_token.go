package checks

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
	"github.com/bgcheck/bgcheck/harness/target"
)

var execToken = contract.Check{
	Name: "exec/token",
	True: "code that comes without the token, or with another, is not run",
	Why:  "Who can have code run in Blender can do all that its user can; every program and every web page on the machine reaches a local port.",
	How: "Where the target file sends {token} with exec: the request is sent with an empty token, with another of the same length and with half of " +
		"it; the code writes a file. Then code with the right token is run, and none of the files may be there.",
	Fix: "Compare the token before anything else is done, and refuse a request that has none:\n" +
		"    token = str(request.get(\"token\", \"\"))\n" +
		"    if not hmac.compare_digest(token.encode(), TOKEN.encode()):\n" +
		"        return {\"ok\": False, \"error\": \"the token is missing or wrong\"}",
	Needs: []contract.Need{contract.NeedService, contract.NeedExec},
	Run:   judgeToken,
}

// judgeToken sends code with tokens that are not the life's. Code with the right one
// comes behind it, so that what was only put in a queue has had its turn.
func judgeToken(ctx context.Context, s *contract.Session) report.Result {
	if !sendsToken(s.Target()) {
		return contract.Skipped("the target file gives no {token} with exec")
	}
	life, result, stop := lifeForExec(ctx, s)
	if stop {
		return result
	}
	right := life.Token()
	files, evidence := map[string]string{}, []string{}
	tokens := map[string]string{"an empty token": "", "another token": strings.Repeat("0", len(right)), "half of the token": right[:len(right)/2]}
	for _, what := range slices.Sorted(maps.Keys(tokens)) {
		files[what] = "token-" + contract.Nonce()
		reply, err := life.ExecAs(ctx, tokens[what], life.Marker(files[what]))
		evidence = append(evidence, what+": "+contract.ReplyText(reply, err))
		if ctx.Err() != nil {
			return contract.FromError(ctx.Err())
		}
		if err != nil && s.Ended(ctx, life) {
			_, why := explain.Ended(life.Facts(ctx))
			return contract.Failed(fmt.Sprintf("code with %s ended the process: %s", what, explain.HowEnded(life.Exit())), why, evidence...)
		}
	}
	after, err := life.Try(ctx, "")
	if err != nil {
		return contract.FromError(err)
	}
	var ran []string
	for _, what := range slices.Sorted(maps.Keys(tokens)) {
		if _, err := life.ReadScratch(ctx, files[what]); err == nil {
			ran = append(ran, what)
		}
	}
	switch {
	case len(ran) == len(tokens):
		return contract.Failed("code runs whatever token comes with it", "the token is not looked at before code runs", evidence...)
	case len(ran) == 1 && tokens[ran[0]] == "":
		return contract.Failed("code runs with an empty token", "perhaps the token is compared only where one was sent, or no token is the default", evidence...)
	case len(ran) > 0:
		return contract.Failed("code runs with "+strings.Join(ran, " and "), "the token is not compared whole", evidence...)
	case after.Wrote == nil:
		return contract.Undecided("after three requests with wrong tokens, code with the right one had no effect: "+contract.ReplyText(after.Reply, after.ReplyErr), evidence...)
	}
	return contract.Passed("code with an empty token, another one and half of it did not run; with the right one it did")
}

// sendsToken says whether the token is part of an exec request.
func sendsToken(t *target.Target) bool {
	texts := append([]string{t.Exec.Request, t.Exec.Path}, t.Service.Command...)
	texts = slices.AppendSeq(texts, maps.Values(t.Exec.Headers))
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "{token}") })
}
