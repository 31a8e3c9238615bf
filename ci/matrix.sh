#!/bin/sh
# Runs the whole contract in containers on several Blender versions, two at a time, and
# ends with a table check by version. An image that cannot be built is that version's
# problem, said in its column. Exits 0 only when no check failed on any version.
#
#   ci/matrix.sh [VERSION...]     default: all that docker/build.sh --list names
#
#   BGCHECK_OUT      reports go to $BGCHECK_OUT/matrix/VERSION; default: out
#   BGCHECK_TARGET   the target file; default: the reference add-on
#   BGCHECK_PACKAGE  1 checks the reference add-on's packages as Blender installs them
#   BGCHECK_JOBS     versions at the same time; default: 2
set -u
cd "$(dirname "$0")/.." || exit 1
out=${BGCHECK_OUT:-out}
case $out in /*) ;; *) out=$PWD/$out ;; esac
jobs=${BGCHECK_JOBS:-2}
[ $# -gt 0 ] || set -- $(docker/build.sh --list)
rm -rf "$out/matrix"
mkdir -p "$out/matrix"

# No engine is one line from build.sh; a version that fails goes on to its column.
docker/build.sh "$@" || [ -d "$out/images" ] || exit 1

if [ "${BGCHECK_PACKAGE:-}" = 1 ]; then
	go tool bgcheck package -out "$out/package" || exit 1
fi
echo "matrix: building the suites"
go test -c -o "$out/matrix/bin/" ./suites/... >"$out/matrix/build.log" 2>&1 || {
	cat "$out/matrix/build.log" >&2
	exit 1
}

# one VERSION: all suites, one after the other; what they print goes to a file.
one() {
	version=$1
	folder=$out/matrix/$version
	mkdir -p "$folder"
	if ! docker image inspect "bgcheck/blender:$version" >/dev/null 2>&1; then
		echo "no image bgcheck/blender:$version: see $out/images/$version.log" >"$folder/problem"
		echo "matrix: $version has no image"
		return
	fi
	if [ "${BGCHECK_PACKAGE:-}" = 1 ]; then
		docker/installed.sh "$version" "$out/package" "$folder/installed" 2>"$folder/problem" || {
			echo "matrix: $version did not install the package"
			return
		}
		rm "$folder/problem"
		export BGCHECK_TARGET="$folder/installed/bgcheck.yaml"
	fi
	echo "matrix: $version begins"
	start=$(date +%s)
	for suite in "$out"/matrix/bin/*.test; do
		name=$(basename "$suite" .test)
		(cd "suites/$name" && BGCHECK_BACKEND=container BGCHECK_BLENDER=$version BGCHECK_OUT=$folder \
			BGCHECK_RUN=matrix-$version "$suite" -test.timeout=0) >>"$folder/output.txt" 2>&1
	done
	echo "matrix: $version ended after $(($(date +%s) - start)) s"
}

running=0
for version in "$@"; do
	one "$version" &
	running=$((running + 1))
	if [ "$running" -ge "$jobs" ]; then
		wait
		running=0
	fi
done
wait
columns=
for version in "$@"; do columns="$columns $out/matrix/$version"; done
exec go tool bgcheck matrix $columns
