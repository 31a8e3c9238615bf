#!/bin/sh
# Checks one target: looks whether it can run at all, runs the suites, prints the table.
# Settings come from the environment (BGCHECK_*; see README). Exits 0 only when every
# check passed or was skipped for a reason.
set -u
cd "$(dirname "$0")/.." || exit 1
# One name for this run: doctor begins it, the suites add to it, table refuses another's report.
export BGCHECK_RUN="${BGCHECK_RUN:-$$-$(date +%s)}"
echo "bgcheck: building (the first time takes a minute)"
go tool bgcheck doctor || exit 1
go tool ginkgo run --keep-going --succinct "$@" ./suites/...
suites=$?
go tool bgcheck table || exit 1
exit $suites
