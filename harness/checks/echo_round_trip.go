package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/explain"
	"github.com/bgcheck/bgcheck/harness/report"
)

var echoRoundTrip = contract.Check{
	Name: "echo/round-trip",
	True: "what was sent comes back: plain, unicode, in single bytes, 1 MiB, and 64 MiB (which a limit may refuse)",
	Why:  "TCP delivers a stream of bytes, cut anywhere. Code that takes one read for one request works on the desk and fails on the network.",
	How:  "Each message goes out on a connection of its own and is looked for in the reply; one is sent byte by byte.",
	Fix: "Collect bytes until the request is complete, then decode:\n" +
		"    def data_received(self, data):\n" +
		"        self.buffer += data\n" +
		"        if self.buffer.rstrip().endswith(b\"}\"):\n" +
		"            try:\n" +
		"                request = json.loads(self.buffer.decode(\"utf-8\"))\n" +
		"            except json.JSONDecodeError:\n" +
		"                return  # a brace in its middle: more is to come\n" +
		"            self.answer(request)\n" +
		"With asyncio streams give start_server(..., limit=LARGE): the default is 64 KiB.",
	FixPlain: "recv gives what has come, not a request: keep the bytes, and decode when the request is complete:\n" +
		"    buffer += connection.recv(65536)\n" +
		"    if buffer.rstrip().endswith(b\"}\"):\n" +
		"        try:\n" +
		"            request = json.loads(buffer.decode(\"utf-8\"))\n" +
		"        except json.JSONDecodeError:\n" +
		"            continue  # a brace in its middle: more is to come\n" +
		"What is left when the connection ends, or a line that is no request, is answered with an error. " +
		"Where a length stands before the message, read until so many bytes are there; recv(length) may give fewer. Answer with sendall, not send.",
	Needs: []contract.Need{contract.NeedService, contract.NeedEcho},
	Run:   judgeRoundTrip,
}

const (
	oneMiB = 1 << 20
	// hugeBudget bounds 64 MiB there and back: a service whose work grows with
	// the square of the length needs far longer.
	hugeBudget = 60 * time.Second
)

// judgeRoundTrip sends messages of several kinds and looks for them in the replies.
func judgeRoundTrip(ctx context.Context, s *contract.Session) report.Result {
	life, err := s.Shared(ctx)
	if err != nil {
		return contract.FromError(err)
	}
	var seen []string
	for _, one := range messages(s) {
		began, then := time.Now(), life.Now()
		reply, err := life.Send(ctx, one)
		if ctx.Err() != nil {
			return contract.FromError(ctx.Err())
		}
		if errors.Is(err, contract.ErrNoPieces) {
			continue
		}
		if err != nil || !holds(reply, s.Target().Echo.Reply, one.Text) {
			return noEcho(ctx, s, life, one, then, reply, err, seen)
		}
		seen = append(seen, fmt.Sprintf("%s: %s", one.What, explain.Short(time.Since(began))))
	}
	if echoInURL(s) {
		return contract.Passed(strings.Join(seen, ", ") + "; longer ones do not fit into a URL")
	}
	huge, failed := hugeEcho(ctx, s, life, seen)
	if failed != nil {
		return *failed
	}
	return contract.Passed(strings.Join(append(seen, huge), ", "))
}

// messages are those that every service must echo.
func messages(s *contract.Session) []contract.Message {
	unicode := "a\"b\\c <&> \u00e4\u20ac\u4e2d\U0001f600 e\u0301 "
	if s.Target().Echo.Escape != "none" {
		unicode += "\t\n"
	}
	if s.Target().Echo.Escape == "json" {
		unicode += "\x00\x7f\u2028"
	}
	if echoInURL(s) {
		return []contract.Message{ // a URL has a limit: 2 KiB are safe
			{What: "plain", Text: "bgcheck-" + contract.Nonce()},
			{What: "unicode", Text: "a\"b\\c <&> \u00e4\u20ac\u4e2d\U0001f600 " + contract.Nonce()},
			{What: "1.5 KiB", Text: longText(1536)},
		}
	}
	return []contract.Message{
		{What: "plain", Text: "bgcheck-" + contract.Nonce()},
		{What: "unicode", Text: unicode + contract.Nonce()},
		// Well-formed, and no match for a scanner that counts brackets or looks for quotes.
		{What: "brackets and quotes", Text: brackets + contract.Nonce()},
		// Long enough that the service reads in between, and finds cut characters.
		{What: "in single bytes", Text: strings.Repeat("\u20ac\U0001f600", 3000) + brackets + contract.Nonce(), Pieces: 1, Within: 3 * s.Patience()},
		{What: "with pauses", Text: strings.Repeat("\u20ac", 20) + brackets + contract.Nonce(), Cut: 5},
		{What: "1 MiB", Text: longText(oneMiB), Within: 3 * s.Patience()},
	}
}

// brackets are characters that stand for themselves inside of a string.
const brackets = "}{{{ ][[[ )((( \\ \" \\\" ' : , // # "

// echoInURL says whether messages travel in the path of a URL.
func echoInURL(s *contract.Session) bool { return strings.Contains(s.Target().Echo.Path, "{message}") }

// hugeEcho sends 64 MiB. A service with a limit may refuse it, as long as it
// says so or closes at once, and answers others afterwards.
func hugeEcho(ctx context.Context, s *contract.Session, life *contract.Life, before []string) (string, *report.Result) {
	one := contract.Message{What: "64 MiB", Text: longText(64 * oneMiB), Within: hugeBudget}
	began, then := time.Now(), life.Now()
	reply, err := life.Send(ctx, one)
	took := explain.Short(time.Since(began))
	if ctx.Err() != nil {
		result := contract.FromError(ctx.Err())
		return "", &result
	}
	if err == nil && holds(reply, s.Target().Echo.Reply, one.Text) {
		return "64 MiB: " + took, nil
	}
	if errors.Is(err, context.DeadlineExceeded) || !life.Alive() {
		result := noEcho(ctx, s, life, one, then, reply, err, before)
		return "", &result
	}
	if pingErr := life.Ask(ctx); pingErr != nil {
		result := life.Deaf(ctx, "after a message of 64 MiB it does not answer any more: "+explain.FirstLine(pingErr),
			"a message over its limit harms the service for everyone", before...)
		return "", &result
	}
	if len(reply) > oneMiB {
		result := noEcho(ctx, s, life, one, then, reply, err, before)
		return "", &result
	}
	if err != nil {
		return fmt.Sprintf("64 MiB: refused by closing the connection after %s, without a message", took), nil
	}
	return fmt.Sprintf("64 MiB: refused after %s with %s", took, contract.Excerpt(reply)), nil
}

// noEcho is the failure for a message that did not come back.
func noEcho(ctx context.Context, s *contract.Session, life *contract.Life, one contract.Message, then contract.Moment, reply []byte, err error, before []string) report.Result {
	evidence := append([]string(nil), before...)
	if len(reply) > 0 {
		evidence = append(evidence, fmt.Sprintf("reply of %d bytes: %s", len(reply), contract.Excerpt(reply)))
	}
	if err != nil && s.Ended(ctx, life) {
		return life.Died(ctx, fmt.Sprintf("at a message (%s) the process ended", one.What), evidence...)
	}
	seen := fmt.Sprintf("a message (%s) did not come back", one.What)
	if err != nil {
		seen += ": " + explain.FirstLine(err)
	}
	diagnosis, fix := whyNoEcho(one, err), ""
	if raised, ok := life.Refused(ctx, then, texts(reply)); ok {
		diagnosis = strings.TrimPrefix(diagnosis, "perhaps ") + ": " + raised.String()
		if strings.Contains(raised.Text, cutCharacter) {
			fix = fixCutCharacter
		}
	}
	result := contract.Failed(seen, diagnosis, evidence...)
	if err != nil {
		result = life.Unanswered(ctx, seen, diagnosis, evidence...)
	}
	if result.Diagnosis == diagnosis {
		result.Fix = fix
	}
	return result
}

// cutCharacter is what Python says of bytes that end in the middle of a character.
const cutCharacter = "unexpected end of data"

const fixCutCharacter = "A character may be cut in two by a read: wait for the rest of it, and refuse only what never will be UTF-8:\n" +
	"    try:\n" +
	"        text = buffer.decode(\"utf-8\")\n" +
	"    except UnicodeDecodeError as error:\n" +
	"        if error.end < len(buffer) or error.reason != \"" + cutCharacter + "\":\n" +
	"            raise\n" +
	"        continue  # more is to come; at the end of the connection raise as well\n" +
	"Where pieces become text one by one, codecs.getincrementaldecoder(\"utf-8\")() keeps the cut character."

// whyNoEcho tells by the kind of message that was lost, where others of its length or
// its letters were not.
func whyNoEcho(one contract.Message, err error) string {
	switch {
	case explain.Endless(err):
		return "the service writes and never ends its reply: it repeats, or the end of the reply is not told as the protocol says"
	case one.What == "brackets and quotes":
		return "perhaps it looks for the end of a request by counting brackets or quotes, and takes those inside of a text for its own; let json decode it"
	case one.Cut > 0:
		return "perhaps it takes what has come so far for the whole request when the rest is late by 50 ms: read until the request is complete"
	case one.Pieces > 0:
		return "perhaps it takes what one read gives for a whole request: TCP may cut a request anywhere, also inside a character; read until the request is complete, then decode"
	case len(one.Text) >= oneMiB && errors.Is(err, context.DeadlineExceeded):
		return "perhaps the time for a long request grows with the square of its length: it parses or copies everything again at each piece"
	case len(one.Text) >= oneMiB:
		return "perhaps it reads only the first piece of a long request, or has a limit (asyncio's StreamReader: 64 KiB unless limit= is given)"
	case one.What == "unicode":
		return "perhaps the text is decoded or encoded with another encoding than UTF-8, or not escaped in the reply"
	case err != nil:
		return "the connection ends without the reply"
	}
	return "the reply does not hold what was sent"
}

// longText is plain ASCII in which each part of 16 bytes says where it stands,
// so that what is lost or swapped shows.
func longText(length int) string {
	var out strings.Builder
	out.Grow(length + 16)
	digits := []byte("abcdefghijklmnop")
	part := []byte("...............-")
	for n := 0; out.Len() < length; n++ {
		for i, rest := 14, n; i >= 7; i, rest = i-1, rest>>4 {
			part[i] = digits[rest&0xf]
		}
		out.Write(part)
	}
	return out.String()[:length]
}
