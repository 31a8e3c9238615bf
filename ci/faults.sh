#!/bin/sh
# Makes things go wrong around bgcheck and prints a table: what was done, what came of it.
# Each row is a test; one that was skipped is said, and is no pass.
#
#   ci/faults.sh
#
#   BGCHECK_KILLS   runs that are killed with -9 at random moments; default: 200
#   BGCHECK_FUZZ    seconds of native fuzzing for each decoder; default: 10
#   BGCHECK_LOG_MIB the long log; default: 1024
set -u
cd "$(dirname "$0")/.." || exit 1
kills=${BGCHECK_KILLS:-200} fuzz=${BGCHECK_FUZZ:-10}
export BGCHECK_TEST_LOG_MIB="${BGCHECK_LOG_MIB:-1024}" BGCHECK_TEST_KILLS="$kills"
said=$(mktemp -d) || exit 1
trap 'rm -rf "$said"' EXIT
bad=0

# row WHAT PACKAGE TESTS: one row; what the tests log as "figure: ..." stands in it.
row() {
	go test -count=1 -timeout 60m -v -run "^($3)\$" "./$2" >"$said/out" 2>&1
	status=$?
	figure=$(sed -n 's/.*figure: //p' "$said/out" | paste -sd ';' -)
	passed=$(grep -c '^--- PASS' "$said/out") skipped=$(grep -c '^--- SKIP' "$said/out")
	if [ "$status" != 0 ]; then
		verdict=FAILED bad=1
		sed 's/^/    /' "$said/out" >>"$said/failed"
	elif [ "$skipped" != 0 ] || [ "$passed" = 0 ]; then
		verdict=SKIPPED bad=1 figure=$(sed -n 's/^ *[a-z_]*_test\.go:[0-9]*: //p' "$said/out" | tail -n 1)
	else
		verdict=ok
	fi
	printf '%-8s %-62s %s\n' "$verdict" "$1" "$figure"
}

# fuzzed PACKAGE TEST: native fuzzing of a decoder, for a while.
fuzzed() {
	go test -run '^$' -fuzz "^$2\$" -fuzztime "${fuzz}s" "./$1" >"$said/out" 2>&1
	status=$?
	figure=$(sed -n 's/.*execs: \([0-9]*\).*/\1 inputs/p' "$said/out" | tail -n 1)
	# Go's fuzzer says "context deadline exceeded" where its time ends in the middle of an input.
	if [ "$status" = 0 ] || { grep -q '^    context deadline exceeded' "$said/out" && ! grep -q 'Failing input' "$said/out"; }; then
		verdict=ok
	else
		verdict=FAILED bad=1
		sed 's/^/    /' "$said/out" >>"$said/failed"
	fi
	printf '%-8s %-62s %s\n' "$verdict" "fuzz: $2 ($1)" "$figure"
}

row "$kills runs killed with -9 at random moments" ci/command TestARunThatIsKilledAtAnyMomentLeavesNothing
row "the harness killed, its supervisor killed, both" harness/internal/supervise 'TestNothingIsLeftWhenTheHarnessIsKilledWithSIGKILL|TestSweepFindsWhatHarnessAndSupervisorBothKilledHaveLeft|TestSupervisorKilledIsAFaultOfTheMachine'
row "Blender frozen; a supervisor that hangs" harness/internal/supervise 'TestSignalToABlenderThatIsStopped|TestKillWorksThoughTheSupervisorHangs'
row "a tree that forks while it is killed" harness/internal/supervise TestTreeThatForksWhileItIsKilledIsKilledWhole
row "a log of $BGCHECK_TEST_LOG_MIB MiB: less than 100 MB of memory" harness/internal/supervise TestALongLogTakesLittleMemory
row "a reply without an end, in each protocol" harness/service 'TestAReplyWithoutAnEndIsBoundedAndSaidSo|TestAKeptConnectionBoundsItsLines'
row "hostile zips: bombs, paths that climb out, links" harness 'TestAddonThatCannotBeInstalledIsRefused|TestWhatIsNoPartOfAnAddOnIsNotCopied'
row "a pipe or a device in place of a file" harness/target TestAPipeOrADeviceInPlaceOfAFileIsSaidAtOnce
row "the same, from Go" harness TestAPipeInPlaceOfAFileIsRefusedAtOnce
row "control characters and a CI's commands in all that is shown" harness/report 'TestNothingShownObeysTheAddOn|TestALineIsHarmless'
row "a full disk, from the start and in the middle" ci/command 'TestAFullDiskIsNoFaultOfTheAddonAndNamesWhatWasNotJudged|TestADiskThatFillsInTheMiddleKeepsTheVerdictsOnTheTerminal'
row "temporary folders: mode, name, sweep" harness/internal/owner TestSweepOfFolders
fuzzed harness/target FuzzLoad
fuzzed harness/draft FuzzText
fuzzed harness/explain FuzzText
fuzzed harness/service FuzzReply
fuzzed harness/service FuzzLine
fuzzed harness/service FuzzHTTP
fuzzed harness/service FuzzPrefixed
fuzzed harness/service FuzzEchoExecReply
fuzzed harness/internal/addonsrc FuzzTokens
fuzzed harness/internal/addonsrc FuzzZip
fuzzed harness/report FuzzHarmless
fuzzed harness/report FuzzForms
fuzzed harness/report FuzzRead
fuzzed harness FuzzLines

if [ -s "$said/failed" ]; then
	echo
	cat "$said/failed"
fi
exit $bad
