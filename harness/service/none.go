package service

import "context"

type none struct{}

// None is the client of a target without a service: Do returns ErrNoService.
func None() Client { return none{} }

func (none) Do(context.Context, []byte) ([]byte, error) { return nil, ErrNoService }

func (none) String() string { return "none" }
