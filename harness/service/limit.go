package service

import (
	"context"
	"fmt"
)

// ReplySlack is how many bytes a reply may hold beyond four times its request:
// 16 MiB.
const ReplySlack = 16 << 20

type limitKey struct{}

// WithReplyLimit bounds replies at so many bytes, as they come over the wire.
// By default a reply may have ReplySlack and four times the bytes of its
// request. One that goes on beyond is a *MalformedError whose Endless is true:
// a service that never stops talking must not fill the memory.
func WithReplyLimit(ctx context.Context, bytes int) context.Context {
	return context.WithValue(ctx, limitKey{}, bytes)
}

// replyLimit is the bound of a reply to a request of so many bytes.
func replyLimit(ctx context.Context, request int) int64 {
	if bytes, ok := ctx.Value(limitKey{}).(int); ok {
		return int64(bytes)
	}
	return ReplySlack + 4*int64(request)
}

// endless is what is wrong with a reply that goes on beyond its limit.
func endless(limit int64) *malformed {
	return &malformed{reason: fmt.Sprintf("it goes on after %d bytes, without an end", limit), endless: true}
}
