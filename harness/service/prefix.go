package service

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// A Prefix is how a message says its length: an unsigned integer before it,
// which counts the bytes behind itself.
type Prefix struct {
	size  int // bytes
	order binary.ByteOrder
}

// prefixes by name.
var prefixes = map[string]Prefix{
	"uint16be": {2, binary.BigEndian}, "uint16le": {2, binary.LittleEndian},
	"uint32be": {4, binary.BigEndian}, "uint32le": {4, binary.LittleEndian},
	"uint64be": {8, binary.BigEndian}, "uint64le": {8, binary.LittleEndian},
}

// NewPrefix is the prefix of a name: uint32be (Python's struct ">I" and "!I"),
// uint32le ("<I"), and the same of 16 ("H") and 64 bits ("Q").
func NewPrefix(name string) (Prefix, error) {
	p, ok := prefixes[name]
	if !ok {
		return p, fmt.Errorf("length prefix %q is none of uint16be, uint16le, uint32be, uint32le, uint64be and uint64le", name)
	}
	return p, nil
}

// Frame is a message with its length before it.
func (p Prefix) Frame(message []byte) ([]byte, error) {
	if uint64(len(message)) > p.most() {
		return nil, fmt.Errorf("send %d bytes: a length prefix of %d bits says %d at most", len(message), 8*p.size, p.most())
	}
	return append(p.Length(uint64(len(message))), message...), nil
}

// Length is a length as it goes over the wire, cut to the prefix's size.
func (p Prefix) Length(n uint64) []byte {
	wire := make([]byte, 8)
	p.order.PutUint64(wire, n)
	if p.order == binary.BigEndian {
		return slices.Clone(wire[8-p.size:])
	}
	return slices.Clone(wire[:p.size])
}

// most is the greatest length.
func (p Prefix) most() uint64 { return math.MaxUint64 >> (64 - 8*p.size) }

// length reads what Length wrote.
func (p Prefix) length(wire []byte) uint64 {
	switch p.size {
	case 2:
		return uint64(p.order.Uint16(wire))
	case 4:
		return uint64(p.order.Uint32(wire))
	}
	return p.order.Uint64(wire)
}

// read reads one message. One that is longer than its limit is malformed: it
// is most often a text whose first bytes are taken for a length.
func (p Prefix) read(from *counted) ([]byte, error) {
	head := make([]byte, p.size)
	n, err := io.ReadFull(from, head)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return head[:n], &malformed{reason: fmt.Sprintf("closed after %d bytes of a length prefix of %d", n, p.size), truncated: true}
	case err != nil:
		return head[:n], err
	}
	length := p.length(head)
	if from.limit > 0 && length > uint64(from.limit) {
		return head, &malformed{reason: fmt.Sprintf("a length of %d: more than %d bytes, or no length prefix", length, from.limit)}
	}
	if length == 0 {
		return []byte{}, nil
	}
	message, err := readUntil(from, func(message []byte, _ int) bool { return uint64(len(message)) >= length })
	switch {
	case errors.Is(err, io.EOF):
		return message, &malformed{reason: fmt.Sprintf("closed after %d of %d bytes", len(message), length), truncated: true}
	case err != nil:
		return message, err
	case uint64(len(message)) > length:
		return message, &malformed{reason: fmt.Sprintf("%d bytes behind a message of %d", uint64(len(message))-length, length)}
	}
	return message, nil
}

// Prefixed makes the client put the length before each request, and read one
// before each reply, which is whole then: the connection is not half-closed,
// and its end not waited for. It returns c.
func (c *TCP) Prefixed(p Prefix) *TCP {
	c.name = "length-prefixed " + c.name
	c.frame, c.end, c.late = p.Frame, EndNone, false
	whole := c.isJSON
	c.read = func(from *counted) ([]byte, error) {
		message, err := p.read(from)
		if err == nil && whole {
			if reason := checkJSON(message); reason != "" {
				err = &malformed{reason: reason}
			}
		}
		return message, err
	}
	return c
}
