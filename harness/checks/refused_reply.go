package checks

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// refusedReply says why a reply to good code looks like one to code that failed:
// the exception that it names, or the field that says so; "" when it does not.
func refusedReply(reply []byte) string {
	said := texts(reply)
	if raised := raisedIn(said); raised != "" {
		return raised
	}
	var fields map[string]any
	if json.Unmarshal(reply, &fields) != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if status, ok := statusOf(name, fields[name]); ok && !status {
			text, _ := json.Marshal(fields[name])
			return fmt.Sprintf("%q: %s", name, text)
		}
	}
	return ""
}

// raisedIn is the exception that ends a traceback in a text; "" without one. A
// name alone is no traceback: output may hold any word.
func raisedIn(text string) string {
	_, trace, found := strings.Cut(text, "Traceback (most recent call last):")
	if !found {
		return ""
	}
	for line := range strings.Lines(trace) {
		if line = strings.TrimRight(line, "\r\n"); exceptionHead.MatchString(line) {
			return line
		}
	}
	return ""
}

var exceptionHead = regexp.MustCompile(`^[A-Za-z_][\w.]*(Error|Exception|Exit|Interrupt)\b`)

// statusOf reads a field by which JSON services commonly say whether a request
// went well; ok is false for any other field.
func statusOf(name string, value any) (good, ok bool) {
	switch name = strings.ToLower(name); name {
	case "ok", "success", "succeeded":
		if flag, is := value.(bool); is {
			return flag, true
		}
	case "failed":
		if flag, is := value.(bool); is {
			return !flag, true
		}
	case "status", "result":
		if text, is := value.(string); is {
			switch strings.ToLower(text) {
			case "ok", "success", "succeeded", "done", "finished":
				return true, true
			case "error", "failed", "failure", "err", "exception":
				return false, true
			}
		}
	case "error", "errors":
		switch v := value.(type) {
		case nil:
			return true, true
		case string:
			return v == "", true
		case bool:
			return !v, true
		case map[string]any:
			return len(v) == 0, true
		case []any:
			return len(v) == 0, true
		}
	}
	return false, false
}

// saysSuccess names the field by which a reply says that all went well, though the
// code raised; "" when it says nothing, or that something went wrong.
func saysSuccess(reply []byte) string {
	var fields map[string]any
	if json.Unmarshal(reply, &fields) != nil {
		return ""
	}
	if complains(fields, 4) {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		if good, ok := statusOf(name, value); ok && good && value != nil && value != "" && value != false {
			text, _ := json.Marshal(value)
			return fmt.Sprintf("%q: %s", name, text)
		}
	}
	return ""
}

// complains says whether a field of an object, or of those in it to that depth,
// says that something went wrong.
func complains(fields map[string]any, depth int) bool {
	for name, value := range fields {
		if good, ok := statusOf(name, value); ok && !good {
			return true
		}
		if inner, ok := value.(map[string]any); ok && depth > 0 && complains(inner, depth-1) {
			return true
		}
	}
	return false
}
