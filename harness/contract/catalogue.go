package contract

import (
	"context"
	"fmt"
	"strings"

	"github.com/bgcheck/bgcheck/harness/report"
)

// catalogue lists all checks in the order in which they are best run: what
// others build on first, and what needs the shared life for itself last.
// It is filled in init: checks look others up in it.
var catalogue []Check

func init() {
	catalogue = build([]entry{
		{"start/ready", startReady, []Need{NeedService}},
		{"start/enabled", startEnabled, nil},
		{"start/loopback-only", startLoopbackOnly, []Need{NeedService}},
		{"start/port-busy", startPortBusy, []Need{NeedService}},
		{"start/bad-config", startBadConfig, []Need{NeedService}},

		{"alive/stays", aliveStays, nil},
		{"alive/scene", aliveScene, []Need{NeedService}},
		{"idle/cpu", idleCPU, nil},
		{"idle/wakeups", idleWakeups, nil},
		{"idle/responsive", idleResponsive, []Need{NeedService}},

		{"echo/round-trip", echoRoundTrip, []Need{NeedService, NeedEcho}},
		{"echo/concurrent", echoConcurrent, []Need{NeedService, NeedEcho}},

		{"exec/takes-effect", execTakesEffect, []Need{NeedService, NeedExec}},
		{"exec/main-thread", execMainThread, []Need{NeedService, NeedExec}},
		{"exec/reports-errors", execReportsErrors, []Need{NeedService, NeedExec}},
		{"exec/serial", execSerial, []Need{NeedService, NeedExec}},
		{"exec/slow", execSlow, []Need{NeedService, NeedExec}},

		{"idle/memory", idleMemory, []Need{NeedService}},
		{"idle/handles", idleHandles, []Need{NeedService}},
		{"alive/bad-input", aliveBadInput, []Need{NeedService}},
		{"alive/client-code", aliveClientCode, []Need{NeedService, NeedExec}},
		{"alive/restart", aliveRestart, []Need{NeedService}},

		{"stop/sigterm", stopSIGTERM, nil},
		{"stop/sigint", stopSIGINT, nil},
		{"stop/twice", stopTwice, nil},
		{"stop/during-exec", stopDuringExec, []Need{NeedService, NeedExec}},
		{"stop/during-start", stopDuringStart, nil},
		{"stop/request", stopRequest, []Need{NeedService, NeedStop}},
		{"stop/as-pid-1", stopAsPID1, nil},

		{"tidy/cycle", tidyCycle, nil},
		{"tidy/writes", tidyWrites, nil},

		{"source/timer-exec", sourceRule("timer-exec"), nil},
		{"source/new-loop", sourceRule("new-loop"), nil},
		{"source/run-forever-in-thread", sourceRule("run-forever-in-thread"), nil},
		{"source/exit-on-status", sourceRule("exit-on-status"), nil},
		{"source/long-sleep", sourceRule("long-sleep"), nil},
		{"source/no-sleep", sourceRule("no-sleep"), nil},
		{"source/context", sourceRule("context"), nil},
		{"source/no-sigterm-handler", sourceSIGTERM, nil},
	})
}

// entry joins a check's function to its texts by its name.
type entry struct {
	name  string
	run   func(context.Context, *Session) report.Result
	needs []Need
}

func build(entries []entry) []Check {
	checks := make([]Check, len(entries))
	for i, e := range entries {
		say, ok := explained[e.name]
		if !ok {
			say, ok = explainedToo[e.name]
		}
		if !ok {
			panic(fmt.Sprintf("catalogue: no texts for %s", e.name))
		}
		checks[i] = Check{
			Name: e.name, True: say.true, Why: say.why, How: say.how, Fix: say.fix, FixPlain: say.plain,
			Needs: e.needs, Run: e.run,
		}
	}
	return checks
}

// Catalogue lists all checks in the order in which they are best run.
func Catalogue() []Check { return append([]Check(nil), catalogue...) }

// Areas lists the first parts of the checks' names, in the catalogue's order.
func Areas() []string {
	var areas []string
	seen := map[string]bool{}
	for _, check := range catalogue {
		area, _, _ := strings.Cut(check.Name, "/")
		if !seen[area] {
			seen[area] = true
			areas = append(areas, area)
		}
	}
	return areas
}

// Area lists the checks of one area: "alive", "echo", ...
func Area(name string) []Check {
	var checks []Check
	for _, check := range catalogue {
		if strings.HasPrefix(check.Name, name+"/") {
			checks = append(checks, check)
		}
	}
	return checks
}

// Find returns the check of that name.
func Find(name string) (Check, bool) {
	for _, check := range catalogue {
		if check.Name == name {
			return check, true
		}
	}
	return Check{}, false
}

// RunAll judges the checks of these names or areas, all of them when none is
// given, in the catalogue's order on one session. The error is for what keeps
// the session from opening or closing, and for a name that is not known.
func RunAll(ctx context.Context, cfg Config, names ...string) (results []report.Result, err error) {
	checks := Catalogue()
	if len(names) > 0 {
		if checks, err = choose(names); err != nil {
			return nil, err
		}
	}
	session, err := Open(cfg)
	if err != nil {
		return nil, err
	}
	for _, check := range checks {
		results = append(results, session.Run(ctx, check))
	}
	return results, session.Close()
}

// choose finds the checks that the names or areas mean.
func choose(names []string) ([]Check, error) {
	wanted := map[string]bool{}
	for _, name := range names {
		_, found := Find(name)
		if !found && len(Area(name)) == 0 {
			return nil, fmt.Errorf("choose checks: there is no check and no area %q; areas: %s", name, strings.Join(Areas(), ", "))
		}
		wanted[name] = true
	}
	var checks []Check
	for _, check := range catalogue {
		area, _, _ := strings.Cut(check.Name, "/")
		if wanted[check.Name] || wanted[area] {
			checks = append(checks, check)
		}
	}
	return checks, nil
}
