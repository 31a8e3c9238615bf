package checks

import (
	"context"
	"slices"
	"strings"

	"github.com/bgcheck/bgcheck/harness/contract"
	"github.com/bgcheck/bgcheck/harness/report"
)

// catalogue lists all checks in the order in which they are best run: what
// others build on first, and what needs the shared life for itself last.
var catalogue = []contract.Check{
	startReady,
	startEnabled,
	startByFlag,
	startLoopbackOnly,
	startPortBusy,
	startBadConfig,
	startOtherForm,
	startSocketMode,
	startStaleSocket,
	aliveStays,
	aliveScene,
	idleCPU,
	idleWakeups,
	idleResponsive,
	echoRoundTrip,
	echoConcurrent,
	echoCleanWire,
	execTakesEffect,
	execMainThread,
	execReportsErrors,
	execToken,
	execSerial,
	execSlow,
	idleMemory,
	idleHandles,
	aliveBadInput,
	aliveClientCode,
	aliveRestart,
	stopSIGTERM,
	stopSIGINT,
	stopTwice,
	stopSilentClient,
	stopDuringExec,
	stopDuringStart,
	stopSocketRemoved,
	stopEndOfInput,
	stopRequest,
	stopAsPID1,
	tidyCycle,
	tidyWrites,
	faultsFreeze,
	faultsKilled,
	faultsSecondBlender,
	faultsNoDescriptors,
	faultsNoMemory,
	faultsFullDisk,
	faultsNoTemp,
	faultsLogFlood,
	faultsSlowNetwork,
	faultsSilentClients,
	addonWorkout,
	addonOperators,
	addonPackage,
	jobExitCode,
	jobEffect,
	jobFrames,
	jobPythonError,
	jobBadInput,
	jobSIGTERM,
	jobSIGINT,
	jobAgain,
	jobSideBySide,
	jobWrites,
	jobStdin,
	jobOutput,
	workerTakesJob,
	workerInTurn,
	workerMainThread,
	workerReportsFailure,
	workerOtherSide,
	workerSIGTERM,
	sourceTimerExec,
	sourceNewLoop,
	sourceRunForeverInThread,
	sourceExitOnStatus,
	sourceLongSleep,
	sourceNoSleep,
	sourceContext,
	sourceAtexit,
	sourceFlush,
	sourceStdin,
	sourceBackgroundFlag,
	sourceVersions,
	sourceNoSIGTERMHandler,
}

// All lists all checks in the order in which they are best run.
func All() []contract.Check { return append([]contract.Check(nil), catalogue...) }

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
func Area(name string) []contract.Check {
	var checks []contract.Check
	for _, check := range catalogue {
		if strings.HasPrefix(check.Name, name+"/") {
			checks = append(checks, check)
		}
	}
	return checks
}

// Find returns the check of that name.
func Find(name string) (contract.Check, bool) {
	for _, check := range catalogue {
		if check.Name == name {
			return check, true
		}
	}
	return contract.Check{}, false
}

// RunAll judges the checks that these words mean (see Choose) on one session. The
// error is for what keeps the session from opening or closing, and for a word that
// means none.
func RunAll(ctx context.Context, cfg contract.Config, words ...string) (results []report.Result, err error) {
	chosen, err := Choose(words...)
	if err != nil {
		return nil, err
	}
	session, err := contract.Open(cfg)
	if err != nil {
		return nil, err
	}
	results = Judge(ctx, session, contract.Plan{Checks: chosen})
	return results, session.Close()
}

// Judge judges a plan on a session. Where the target never became ready, or did
// not stay so, the check that fails for it is among the results, asked for or not.
func Judge(ctx context.Context, s *contract.Session, plan contract.Plan) []report.Result {
	results := s.RunAll(ctx, plan)
	fault := contract.FaultOf(s.Broken())
	if fault == nil || slices.ContainsFunc(results, func(r report.Result) bool { return r.Name == fault.Check }) {
		return results
	}
	if check, ok := Find(fault.Check); ok && ctx.Err() == nil {
		results = append(results, s.Run(ctx, check))
	}
	return results
}
