#!/bin/sh
# Runs the whole catalogue on every fixture, prints which check caught which, and writes
# that table to fixtures/PROOF.md. Exits 0 only when each was judged as it must be. With
# BGCHECK_PROOF_ONLY, a regular expression, what the last proof says of fixtures with
# another name is kept.
set -u
cd "$(dirname "$0")/.." || exit 1
out=${BGCHECK_OUT:-out}
case $out in /*) ;; *) out=$PWD/$out ;; esac
[ -n "${BGCHECK_PROOF_ONLY:-}" ] || rm -f "$out/proof.json" # so that an old one is not taken for this one
echo "bgcheck: proving the checks on all fixtures (some minutes)"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
BGCHECK_PROOF=$out BGCHECK_REQUIRE_BLENDER=1 go test ./harness/checks -run 'TestProof$' -count=1 -parallel 4 -timeout 60m >"$log" 2>&1
proved=$?
[ $proved = 0 ] || cat "$log"
go tool bgcheck proof --out "$out" --write fixtures/PROOF.md || exit 1
exit $proved
