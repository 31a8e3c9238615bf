package contract

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// startReady judges the launch that every other check builds on.
func startReady(ctx context.Context, s *Session) report.Result {
	life, err := s.Shared(ctx)
	var fault *FaultError
	switch {
	case errors.As(err, &fault) && fault.Check == "start/ready":
		result := Failed(fault.Seen, fault.Diagnosis, fault.Evidence...)
		result.Command = fault.Command
		result.Expected = s.expectReady()
		result.Fix = fault.Fix
		return withNotes(result, s.target.Notes)
	case errors.As(err, &fault):
		result := Passed("it answered its first request")
		result.Command = fault.Command
		return result
	case err != nil:
		return FromError(err)
	}
	result := Passed(fmt.Sprintf("the first answer came %s after the launch", short(life.ReadyAfter())))
	result.Expected = s.expectReady()
	return result
}

func (s *Session) expectReady() string {
	return fmt.Sprintf("the service answers a request within %s of the launch, and goes on", short(s.target.Budgets.Ready))
}

func withNotes(result report.Result, notes []string) report.Result {
	for _, note := range notes {
		result.Evidence = append(result.Evidence, "target file: "+note)
	}
	return result
}

// startEnabled reads what the witness saw of the add-on's register(). A target
// that is no use as a service can be judged by its one launch all the same.
func startEnabled(ctx context.Context, s *Session) report.Result {
	if s.target.Addon == "" {
		return Skipped("the target has no add-on")
	}
	var enabled []event
	var fault *FaultError
	life, err := s.Shared(ctx)
	switch {
	case errors.As(err, &fault):
		enabled = fault.enabled
	case err != nil:
		return FromError(err)
	default:
		enabled = life.saw(ctx, "enable")
	}
	result := s.judgeEnabled(enabled)
	if fault != nil && result.Verdict == report.Fail {
		result.Evidence = append(result.Evidence, fault.Evidence...)
		result.Command = fault.Command
	}
	return result
}

func (s *Session) judgeEnabled(enabled []event) report.Result {
	if why := whyNotEnabled(enabled); why != "" {
		result := Failed("Blender reported that the add-on could not be enabled", why)
		for line := range strings.Lines(enabled[len(enabled)-1].Traceback) {
			result.Evidence = append(result.Evidence, strings.TrimRight(line, "\n"))
		}
		return result
	}
	if len(enabled) > 0 {
		if enabled[len(enabled)-1].Script {
			return Passed(fmt.Sprintf("the script called register() of %s, which raised nothing", s.target.Module))
		}
		return Passed(fmt.Sprintf("%s was enabled and its register() raised nothing", s.target.Module))
	}
	if s.target.Enable == "script" {
		return Failed("nothing enabled the add-on",
			fmt.Sprintf("the target file leaves it to the script to enable %s, and the script calls neither addon_utils.enable nor bpy.ops.preferences.addon_enable nor its register()", s.target.Module))
	}
	return Failed("Blender has not tried to enable the add-on",
		"it ended or crashed before it came to its add-ons, or an option of Blender's before --addons was not understood")
}

// startLoopbackOnly asks the system which addresses the process listens on.
func startLoopbackOnly(ctx context.Context, s *Session) report.Result {
	if s.target.Service.Listens == "any" {
		return Skipped("the target file allows other addresses (listens: any)")
	}
	life, err := s.Shared(ctx)
	if err != nil {
		return FromError(err)
	}
	addresses, err := life.Listeners(ctx)
	if err != nil {
		return Undecided("cannot list what it listens on: " + firstLine(err))
	}
	var open []string
	for _, address := range addresses {
		if !address.Addr().Unmap().IsLoopback() {
			open = append(open, address.String())
		}
	}
	if len(open) == 0 && len(addresses) == 0 {
		return Undecided("the service answers, but no listening address of its process was found")
	}
	if len(open) == 0 {
		return Passed("it listens on " + list(addresses))
	}
	diagnosis := "every machine that reaches this one can send it requests"
	if s.target.Exec != nil {
		diagnosis += ", and so run Python in it"
	}
	if at := s.sources().cite("any"); at != "" {
		diagnosis += fmt.Sprintf("; the address is set in %s", at)
	}
	return Failed("it listens on "+strings.Join(open, ", "), diagnosis, "all: "+list(addresses))
}

func list(addresses []netip.AddrPort) string {
	texts := make([]string, len(addresses))
	for i, address := range addresses {
		texts[i] = address.String()
	}
	return strings.Join(texts, ", ")
}
