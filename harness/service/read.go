package service

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// A reader reads one reply from a connection. It returns what came also when
// it fails. io.EOF means closed without a byte; a *malformed is a reply that
// is none; other errors are the connection's.
type reader func(from *counted) ([]byte, error)

// malformed becomes a *MalformedError when the client's name is known.
type malformed struct {
	reason    string
	truncated bool
	endless   bool
}

func (m *malformed) Error() string { return m.reason }

// readJSON reads one JSON value and does not wait for the end of the stream
// behind it. The value comes back without the white space around it.
func readJSON(from *counted) ([]byte, error) {
	var f frame
	reply, err := readUntil(from, func(reply []byte, looked int) bool {
		end := f.feed(reply[looked:])
		return end >= 0 || f.garbage
	})
	if f.garbage {
		reply = from.linger(reply)
		return reply, &malformed{reason: checkJSON(reply)}
	}
	if errors.Is(err, io.EOF) {
		if onlySpace(reply) {
			return reply, io.EOF
		}
		// A bare number is whole at the end of the stream. So is nothing else.
		if reason := checkJSON(reply); reason != "" {
			return reply, &malformed{reason: "closed in the middle: " + reason, truncated: true}
		}
		return bytes.TrimSpace(reply), nil
	}
	if err != nil {
		return reply, err
	}
	// One value, then perhaps white space: json.Valid refuses a second value.
	if reason := checkJSON(reply); reason != "" {
		return reply, &malformed{reason: reason}
	}
	return bytes.TrimSpace(reply), nil
}

// readLine reads one line of JSON; it comes back without its end of line.
func readLine(from *counted) ([]byte, error) {
	reply, err := readUntil(from, func(reply []byte, looked int) bool {
		return bytes.IndexByte(reply[looked:], '\n') >= 0
	})
	if errors.Is(err, io.EOF) {
		if onlySpace(reply) {
			return reply, io.EOF
		}
		if reason := checkJSON(reply); reason != "" {
			return reply, &malformed{reason: "closed in the middle of a line: " + reason, truncated: true}
		}
		return reply, &malformed{reason: "closed without an end of line"}
	}
	if err != nil {
		return reply, err
	}
	line, rest, _ := bytes.Cut(reply, []byte("\n"))
	if reason := checkJSON(line); reason != "" {
		return reply, &malformed{reason: reason}
	}
	if !onlySpace(rest) {
		return reply, &malformed{reason: "more than one line for one request"}
	}
	return bytes.TrimSuffix(line, []byte("\r")), nil
}

// readAll reads to the end of the stream; nothing at all is io.EOF.
func readAll(from *counted) ([]byte, error) {
	reply, err := readUntil(from, func([]byte, int) bool { return false })
	if errors.Is(err, io.EOF) && len(reply) > 0 {
		err = nil
	}
	return reply, err
}

// readUntil reads until enough says so. enough is given all that has come and
// how much of it was there the time before, so that it can look at every byte
// once. The buffer grows by a share of itself: the whole is linear in the reply's length.
func readUntil(from *counted, enough func(reply []byte, looked int) bool) ([]byte, error) {
	reply := make([]byte, 0, 4096)
	for {
		if len(reply) == cap(reply) {
			reply = append(reply, 0)[:len(reply)]
		}
		n, err := from.Read(reply[len(reply):cap(reply)])
		looked := len(reply)
		reply = reply[:looked+n]
		if n > 0 && enough(reply, looked) {
			return reply, nil
		}
		if err != nil {
			return reply, err
		}
	}
}

// linger reads on for up to 100 ms after garbage, only so that the error can
// quote more than its first byte.
func (c *counted) linger(reply []byte) []byte {
	c.expire(100 * time.Millisecond)
	for len(reply) < quoted {
		more := make([]byte, quoted)
		n, err := c.Read(more)
		reply = append(reply, more[:n]...)
		if err != nil {
			break
		}
	}
	return reply
}
