#!/bin/sh
# Times the whole contract on the reference add-on: this tree's `bgcheck check` beside
# another commit's, in turns, so that the machine's mood is the same for both. Building
# is done before and does not count.
#
#   ci/speed.sh [COMMIT [ROUNDS]]     default: the last commit whose checks ran by Ginkgo
#                                     alone (a98a7e8), 3 rounds
#
# Prints the seconds of each round, the medians and their ratio; exits 0 only when every
# run ended with 0. BUSY=1 keeps both cores at work with two endless loops meanwhile.
set -u
cd "$(dirname "$0")/.." || exit 1
base=${1:-a98a7e8} rounds=${2:-3}
unset BGCHECK_TARGET BGCHECK_OUT
work=$(mktemp -d)
busy=
clean() {
	[ -z "$busy" ] || kill $busy 2>/dev/null
	git worktree remove --force "$work/base" 2>/dev/null
	rm -rf "$work"
}
trap clean EXIT
trap 'exit 130' INT TERM
git worktree add -q --detach "$work/base" "$base" || exit 1

echo "speed: building"
go build -o "$work/bgcheck" . || exit 1
if [ -f "$work/base/main.go" ]; then
	(cd "$work/base" && go build -o "$work/old" .) || exit 1
	old() { (cd "$work/base" && "$work/old" check --out "$work/out-old" pyaddon); }
else
	# Ginkgo links the suites at each run; a first one fills the cache.
	(cd "$work/base" && go vet ./suites/... && BGCHECK_OUT=$work/out-old ci/check.sh) >"$work/first" 2>&1 ||
		{ cat "$work/first" >&2; exit 1; }
	old() { (cd "$work/base" && BGCHECK_OUT=$work/out-old ci/check.sh); }
fi
new() { "$work/bgcheck" check --out "$work/out-new" pyaddon; }

if [ "${BUSY:-}" = 1 ]; then
	for _ in 1 2; do
		sh -c 'while :; do :; done' &
		busy="$busy $!"
	done
fi
status=0
timed() {
	begin=$(date +%s%N)
	"$1" >"$work/said" 2>&1 || { status=1; cat "$work/said" >&2; }
	awk -v n=$(($(date +%s%N) - begin)) 'BEGIN { printf "%.1f\n", n / 1e9 }'
}
median() { sort -n "$1" | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }
for round in $(seq "$rounds"); do
	timed old >>"$work/old.s"
	timed new >>"$work/new.s"
	echo "speed: round $round: $base $(tail -n 1 "$work/old.s") s, this tree $(tail -n 1 "$work/new.s") s"
done
awk -v o="$(median "$work/old.s")" -v n="$(median "$work/new.s")" -v b="$base" \
	'BEGIN { printf "speed: medians: %s %.1f s, this tree %.1f s: x %.2f\n", b, o, n, n / o }'
exit $status
