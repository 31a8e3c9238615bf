#!/bin/sh
# Runs the whole contract in containers on several Blender versions, and ends with a table
# check by version. An image that cannot be built is that version's problem, said in its
# column. Exits 0 only when no check failed on any version.
#
#   ci/matrix.sh [VERSION...]     default: all that docker/build.sh --list names
#
#   BGCHECK_OUT      reports go to $BGCHECK_OUT/matrix/VERSION; default: out
#   BGCHECK_TARGET   the target file; default: the reference add-on
#   BGCHECK_PACKAGE  1 checks the reference add-on's packages as Blender installs them
#   BGCHECK_JOBS     suites at the same time, of whatever versions; default: 2
set -u
self=$(realpath "$0")
cd "$(dirname "$0")/.." || exit 1
out=${BGCHECK_OUT:-out}
case $out in /*) ;; *) out=$PWD/$out ;; esac
matrix=$out/matrix

# One suite on one version, for xargs below. What it prints goes to a file.
if [ "${1:-}" = --one ]; then
	version=$2 suite=$3 folder=$matrix/$2
	name=$(basename "$suite" .test)
	if [ "${BGCHECK_PACKAGE:-}" = 1 ]; then
		export BGCHECK_TARGET="$folder/installed/bgcheck.yaml"
	fi
	start=$(date +%s)
	cd "suites/$name" || exit 1
	BGCHECK_BACKEND=container BGCHECK_BLENDER=$version BGCHECK_OUT=$folder BGCHECK_RUN=matrix-$version \
		"$suite" -test.timeout=0 >"$folder/$name.txt" 2>&1
	echo "matrix: $version $name, $(($(date +%s) - start)) s"
	exit 0 # the report tells what failed
fi

[ $# -gt 0 ] || set -- $(docker/build.sh --list)
rm -rf "$matrix"
mkdir -p "$matrix"

# No engine is one line from build.sh; a version that fails goes on to its column.
docker/build.sh "$@" || [ -d "$out/images" ] || exit 1
if [ "${BGCHECK_PACKAGE:-}" = 1 ]; then
	go tool bgcheck package --out "$out/package" || exit 1
fi
echo "matrix: building the suites"
go test -c -o "$matrix/bin/" ./suites/... >"$matrix/build.log" 2>&1 || {
	cat "$matrix/build.log" >&2
	exit 1
}

ready=
columns=
for version in "$@"; do
	folder=$matrix/$version
	columns="$columns $folder"
	mkdir -p "$folder"
	if ! docker image inspect "bgcheck/blender:$version" >/dev/null 2>&1; then
		echo "no image bgcheck/blender:$version: see $out/images/$version.log" >"$folder/problem"
		echo "matrix: $version has no image"
	elif [ "${BGCHECK_PACKAGE:-}" = 1 ] &&
		! docker/installed.sh "$version" "$out/package" "$folder/installed" 2>"$folder/problem"; then
		echo "matrix: $version did not install the package"
	else
		rm -f "$folder/problem"
		ready="$ready $version"
	fi
done
for suite in "$matrix"/bin/*.test; do
	for version in $ready; do printf '%s\0%s\0' "$version" "$suite"; done
done | xargs -0 -r -n 2 -P "${BGCHECK_JOBS:-2}" "$self" --one
exec go tool bgcheck matrix $columns
