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
#   BGCHECK_JOBS     versions at the same time; default: 1, whose Blenders run side by side
set -u
self=$(realpath "$0")
cd "$(dirname "$0")/.." || exit 1
out=${BGCHECK_OUT:-out}
case $out in /*) ;; *) out=$PWD/$out ;; esac
matrix=$out/matrix

# One version, for xargs below. What it prints goes to a file.
if [ "${1:-}" = --one ]; then
	version=$2 folder=$matrix/$2
	target=${BGCHECK_TARGET:-pyaddon}
	if [ "${BGCHECK_PACKAGE:-}" = 1 ]; then
		target=$folder/installed/bgcheck.yaml
	fi
	start=$(date +%s)
	"$matrix/bgcheck" check "$target" --backend container --blender "$version" --out "$folder" >"$folder/check.txt" 2>&1
	echo "matrix: $version, $(($(date +%s) - start)) s"
	exit 0 # the report tells what failed
fi

[ $# -gt 0 ] || set -- $(docker/build.sh --list)
ci/setup.sh engine || exit 1
rm -rf "$matrix"
mkdir -p "$matrix"

# A version that fails goes on to its column.
docker/build.sh "$@" || [ -d "$out/images" ] || exit 1
go build -o "$matrix/bgcheck" . || exit 1
if [ "${BGCHECK_PACKAGE:-}" = 1 ]; then
	"$matrix/bgcheck" package --out "$out/package" || exit 1
fi
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
for version in $ready; do printf '%s\0' "$version"; done | xargs -0 -r -n 1 -P "${BGCHECK_JOBS:-1}" "$self" --one
exec "$matrix/bgcheck" matrix --to "$matrix/report.html" $columns
