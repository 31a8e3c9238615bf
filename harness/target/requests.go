package target

import (
	"maps"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// named is an exchange with its key.
type named struct {
	path string
	*Exchange
}

// exchanges lists the requests that the target has.
func (t *Target) exchanges() []named {
	var list []named
	for _, x := range []named{{"ready", t.Ready}, {"echo", t.Echo}, {"exec", t.Exec}, {"stop", t.Stop}} {
		if x.Exchange != nil {
			list = append(list, x)
		}
	}
	return list
}

// Probe is the request that shows that the service lives, and the text to send
// with it: Ready; Echo with {message}; Exec with the code "pass". ok is false
// when the target has none of them. Stop is never used so.
func (t *Target) Probe() (exchange *Exchange, placeholder, value string, ok bool) {
	switch {
	case t.Ready != nil:
		return t.Ready, "", "", true
	case t.Echo != nil:
		return t.Echo, "{message}", "ready?", true
	case t.Exec != nil:
		return t.Exec, "{code}", "pass", true
	}
	return nil, "", "", false
}

// RequestName is the key of one of the target's requests, such as "echo".
func (t *Target) RequestName(of *Exchange) string {
	for _, x := range t.exchanges() {
		if x.Exchange == of {
			return x.path
		}
	}
	return "request"
}

// canProbe says whether a request is given that shows that the service lives.
func (t *Target) canProbe() bool { return t.Ready != nil || t.Echo != nil || t.Exec != nil }

// formLike is name=value&name=value.
var formLike = regexp.MustCompile(`^[\w.%\[\]-]+=[^&\s]*(&[\w.%\[\]-]+=[^&\s]*)*$`)

// mergeHeaders sets own beside common; own goes before it, whatever the case
// of the names.
func mergeHeaders(common, own map[string]string) map[string]string {
	out := map[string]string{}
	for name, value := range common {
		if !hasHeader(own, name) {
			out[name] = value
		}
	}
	maps.Copy(out, own)
	return out
}

func hasHeader(headers map[string]string, name string) bool {
	for have := range headers {
		if textproto.CanonicalMIMEHeaderKey(have) == textproto.CanonicalMIMEHeaderKey(name) {
			return true
		}
	}
	return false
}

// keysOf are a mapping's keys, sorted.
func keysOf(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

// item is the path of one item of a list.
func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// contains says whether any part of an exchange that is sent holds text.
func (e *Exchange) contains(text string) bool {
	if strings.Contains(e.Request, text) || strings.Contains(e.Path, text) {
		return true
	}
	for _, value := range e.Headers {
		if strings.Contains(value, text) {
			return true
		}
	}
	return false
}
