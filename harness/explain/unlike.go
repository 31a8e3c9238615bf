package explain

import (
	"errors"
	"fmt"

	"github.com/bgcheck/bgcheck/harness/service"
)

// unlike tells of a service that does answer, and not as the target file says; "" for
// one that says nothing. err is what the last request ended with.
func unlike(f Facts, err error) (diagnosis, fix string) {
	protocol := f.Target.Service.Protocol
	if f.Speaks != "" {
		said := "the target file says"
		if f.Target.Path == "" {
			said = "what was read from the source is"
		}
		return fmt.Sprintf("it answers by {%s}, and %s {protocol: %s}", f.Speaks, said, protocol), fmt.Sprintf(fixSpeaks, f.Speaks)
	}
	trace := Raised(f.Log)
	if trace != "" {
		trace = "; the log has an uncaught exception: " + trace
	}
	var bad *service.MalformedError
	var status *service.StatusError
	var none *service.NoReplyError
	var torn *service.ResetError
	var late *service.TimeoutError
	switch {
	case errors.As(err, &late) && late.Received > 0:
		return fmt.Sprintf("it writes a reply and does not end it: %d bytes had come when the time was over%s", late.Received, trace), fixEndless
	case errors.As(err, &status):
		return fmt.Sprintf("it answers with status %s%s", status.Status, trace), fixStatus
	case errors.As(err, &bad) && len(bad.Reply) > 0:
		return fmt.Sprintf("it answers, and not as protocol %s has it: %s%s", protocol, bad.Reason, trace), fixUnlike
	case errors.As(err, &none), errors.As(err, &torn):
		return "it accepts connections and closes them without a reply" + trace, fixCloses
	}
	return "", ""
}

const (
	fixSpeaks = "Say in the target file how it is spoken to; with this it answered:\n    service: {%s}"
	fixUnlike = "Say in the target file how it is spoken to (service: protocol, length_prefix), or write replies as that protocol has them."
	fixStatus = "Say in the target file what is asked for and how: service: {path: /..., method: ..., headers: {...}}, or in the request itself."
	fixCloses = "See that the request in the target file is one that the service knows, and print what it takes exception to: who is refused without a word cannot know why."
)
