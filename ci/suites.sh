#!/bin/sh
# Checks one target by the Ginkgo suites: looks whether it can run at all, runs them, prints
# the table. Settings come from the environment (BGCHECK_*; see README); arguments go to
# ginkgo. Exits 0 only when every check passed or was skipped for a reason.
#
# The suites are built outside the tree: so nothing stays in it when this is killed, and two
# runs at once do not take each other's.
set -u
cd "$(dirname "$0")/.." || exit 1
# One name for this run: doctor begins it, the suites add to it, report refuses another's.
export BGCHECK_RUN="${BGCHECK_RUN:-$(date +%Y%m%d-%H%M%S)-$$}"
export BGCHECK_OUT="${BGCHECK_OUT:-out}"
case $BGCHECK_OUT in /*) ;; *) export BGCHECK_OUT="$PWD/$BGCHECK_OUT" ;; esac
export BGCHECK_TARGET="${BGCHECK_TARGET:-pyaddon/bgcheck.yaml}"
case $BGCHECK_TARGET in /*) ;; *) export BGCHECK_TARGET="$PWD/$BGCHECK_TARGET" ;; esac
echo "bgcheck: building (the first time takes a minute)"
go tool bgcheck doctor || exit
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
trap 'exit 2' INT TERM
go test -c -o "$built/" ./suites/... || exit 3
for binary in "$built"/*.test; do
	suite=$built/suites/$(basename "$binary" .test) # a folder for each: its name goes into the report
	mkdir -p "$suite" && mv "$binary" "$suite/" || exit 3
done
go tool ginkgo run --keep-going --succinct "$@" "$built"/suites/*/*.test
suites=$?
go tool bgcheck report || exit
exit $suites
