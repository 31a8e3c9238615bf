#!/bin/sh
# Judges what is right again and again, alone and with every core kept busy, and prints how
# often it was not called right: flakiness as a number.
#
#   ci/flake.sh [RUNS [FIXTURE...]]    default: 50 runs of the reference add-on, and 20 of each
#                                      right fixture
#
# Exits 0 only when every number is 0.
set -u
cd "$(dirname "$0")/.." || exit 1
runs=${1:-50}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- pyaddon fixtures/right/*
unset BGCHECK_TARGET BGCHECK_OUT
work=$(mktemp -d) || exit 1
busy=
calm() {
	[ -z "$busy" ] || kill $busy 2>/dev/null
	busy=
}
trap 'calm; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
go build -o "$work/bgcheck" . || exit 1
bad=0

# often HOW TARGET: judges it as often as is asked.
often() {
	n=$runs wrong=0 first=
	case $2 in fixtures/*) [ "$n" -le 20 ] || n=20 ;; esac
	i=0
	while [ "$i" -lt "$n" ]; do
		i=$((i + 1))
		if ! "$work/bgcheck" check "$2" --out "$work/out" >"$work/said" 2>&1; then
			wrong=$((wrong + 1)) bad=1
			first="$first $(sed -n 's/^\(fail\|inconclusive\) *\([a-z0-9/-]*\) .*/\2/p' "$work/said" | paste -sd, -)"
		fi
	done
	printf '%-6s %-34s %d of %d%s\n' "$1" "$2" "$wrong" "$n" "$first"
}

for target; do often alone "$target"; done
for _ in $(seq "$(nproc)"); do
	(while :; do :; done) &
	busy="$busy $!"
done
for target; do often busy "$target"; done
exit $bad
