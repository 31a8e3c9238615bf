package target

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/internal/edits"
)

// synonyms are words that people write for ours though they are spelled
// nothing alike.
var synonyms = map[string]string{
	"add-on": "addon", "plugin": "addon", "extension": "addon", "source": "addon",
	"environment": "env", "variables": "env", "volumes": "mounts", "files": "mounts", "folders": "mounts",
	"dependencies": "requires", "depends": "requires", "needs": "requires",
	"arguments": "args", "argv": "args", "options": "flags", "versions": "blender", "blender_versions": "blender",
	"limits": "budgets", "budget": "budgets", "timeouts": "budgets", "ignore": "skip", "skips": "skip", "exclude": "skip",
	"execute": "exec", "run": "exec", "eval": "exec", "ping": "ready", "health": "ready", "quit": "stop", "shutdown": "stop",
	"body": "request", "payload": "request", "send": "request", "response": "reply", "expect": "reply", "contains": "reply",
	"entry": "start", "function": "start", "call": "start", "callable": "start", "keepalive": "async_loop",
	"cpu": "idle_cpu", "wake_ups": "wakeups", "rss": "memory", "config": "refuses",
	"tcp": "tcp-json", "json": "tcp-json", "socket": "tcp-raw", "raw": "tcp-raw", "jsonl": "tcp-jsonl", "ndjson": "tcp-jsonl",
	"https": "http", "rest": "http", "xmlrpc": "http", "ws": "websocket", "wss": "websocket", "program": "command", "client": "command", "exe": "command",
	"bind": "listens", "host": "listens", "address": "listens", "type": "protocol", "transport": "protocol",
	"localhost": "loopback", "127.0.0.1": "loopback", "0.0.0.0": "any", "all": "any", "public": "any",
	"auto": "reserved", "free": "reserved", "random": "reserved", "dynamic": "announced",
	"url": "form", "urlencoded": "form", "percent": "form", "html": "xml", "string": "json",
	"msg": "message", "text": "message", "python": "code",
	"tmp": "scratch", "dir": "target", "folder": "target",
}

// nearest is the word of words closest to got, or "" when none is near: a
// synonym, the same letters in another case, or within two edits (one for
// words of up to three letters).
func nearest(got string, words []string) string {
	low := strings.ToLower(strings.TrimSpace(got))
	for _, word := range words {
		if fold(word) == fold(low) {
			return word
		}
	}
	for _, word := range words {
		if synonyms[low] == word {
			return word
		}
	}
	if word := closest(low, words); word != "" {
		return word
	}
	others := make([]string, 0, len(synonyms))
	for _, other := range slices.Sorted(maps.Keys(synonyms)) {
		if slices.Contains(words, synonyms[other]) && len(other) > 4 {
			others = append(others, other)
		}
	}
	return synonyms[closest(low, others)]
}

// closest is the word within a few edits.
func closest(low string, words []string) string {
	limit := 2
	if n := len([]rune(low)); n <= 3 {
		limit = 1
	} else if n >= 9 {
		limit = 3
	}
	best := ""
	for _, word := range words {
		if d := edits.Distance(low, strings.ToLower(word)); d <= limit {
			best, limit = word, d-1
		}
	}
	return best
}

// fold takes away what people vary in a word: case, "-", "_" and spaces.
func fold(word string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(word))
}

// didYouMean is `; did you mean "word"?`, or nothing when no word is near.
func didYouMean(got string, words []string) string {
	if word := nearest(got, words); word != "" {
		return fmt.Sprintf("; did you mean %q?", word)
	}
	return ""
}

// quoted lists words for a message: a, b or c.
func quoted(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
