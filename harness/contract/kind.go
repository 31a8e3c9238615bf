package contract

import (
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/target"
)

// Kind is what a target is, and so what is asked of it.
type Kind string

// The kinds.
const (
	Service Kind = "service" // it answers requests
	Addon   Kind = "add-on"  // it has no service of its own, and is hosted in bgcheck's
	Job     Kind = "job"     // it does its work and ends
	Worker  Kind = "worker"  // it asks others for work
)

// KindOf tells what a target is.
func KindOf(t *target.Target) Kind {
	switch {
	case t.IsJob():
		return Job
	case t.IsWorker():
		return Worker
	case t.Hosted():
		return Addon
	}
	return Service
}

// Kind is what the session's target is.
func (s *Session) Kind() Kind {
	if s.hosted {
		return Addon
	}
	return KindOf(s.target)
}

// Asked says whether the check is asked of targets of a kind at all.
func (c Check) Asked(k Kind) bool {
	if len(c.For) > 0 {
		return slices.Contains(c.For, k)
	}
	return k == Service || k == Addon || k == Worker && c.Works
}

// Begins of reasons why a check was not tried.
const (
	// OnlyThorough: it takes long, and nobody asked for that.
	OnlyThorough = "it takes long, and is asked when that is asked for"
	// NotHere: what it needs cannot be done on this machine or backend.
	NotHere = "it cannot be made to happen here"
)

// notAsked says why a check is not asked of the session's target; "" when it is.
func (s *Session) notAsked(check Check) string {
	k := s.Kind()
	switch {
	case !check.Asked(k) && len(check.For) > 0:
		return "the target has no " + string(check.For[0]) + ": it is " + k.Article()
	case !check.Asked(k):
		return "the target has no service: it is " + k.Article()
	case k == Addon && check.Hosted == NotHosted:
		return "the target has no service of its own"
	case k == Service && check.Hosted == OnlyHosted:
		return "the target has no hosted add-on: it is a service itself"
	case check.Thorough && !s.thorough:
		area, _, _ := strings.Cut(check.Name, "/")
		return OnlyThorough + ": --thorough or --check " + area + " (suites: BGCHECK_THOROUGH=1)"
	}
	return ""
}

// Article is the kind with its article, as in "an add-on".
func (k Kind) Article() string {
	if k == Addon {
		return "an " + string(k)
	}
	return "a " + string(k)
}
