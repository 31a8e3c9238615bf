#!/usr/bin/env bash
# Builds the images bgcheck/runner:VERSION: Blender and the bgcheck command, for an author who has
# Docker and nothing else. Without a version: of every bgcheck/blender that is here.
#
#   docker/runner.sh [VERSION...]
#
# Then, in an add-on's folder with a bgcheck.yaml:
#
#   mkdir -p out
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/addon:ro" --volume "$PWD/out:/out" bgcheck/runner:4.3
#
# The exit status is 0 when no check failed; the report is in out/.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
cd "$(dirname "$here")"

versions=("$@")
[ ${#versions[@]} -gt 0 ] || mapfile -t versions < <(docker image ls --format '{{.Tag}}' bgcheck/blender | sort -V)
if [ ${#versions[@]} -eq 0 ]; then
	echo "runner.sh: there is no image bgcheck/blender to build on: run docker/build.sh" >&2
	exit 1
fi

context=$(mktemp -d)
trap 'rm -rf "$context" "$context.log"' EXIT
mkdir "$context/bin"
echo "runner: compiling"
export CGO_ENABLED=0 GOOS=linux
go build -trimpath -buildvcs=false -ldflags='-s -w' -o "$context/bin/bgcheck" .
cp docker/runner/Dockerfile "$context/"
cp docker/runner/bgcheck-run "$context/bin/"
tar --exclude=__pycache__ --exclude=.mypy_cache -c pyaddon | tar -C "$context" -x

label='{{index .Config.Labels "bgcheck.inputs"}}'
for version in "${versions[@]}"; do
	base=bgcheck/blender:$version image=bgcheck/runner:$version
	if ! id=$(docker image inspect -f '{{.Id}}' "$base" 2>/dev/null); then
		echo "runner: $version: there is no image $base: build it with docker/build.sh $version" >&2
		exit 1
	fi
	inputs=$( (
		echo "$id"
		cd "$context" && find . -type f | sort | xargs sha256sum
	) | sha256sum | cut -c 1-16)
	if [ "$(docker image inspect -f "$label" "$image" 2>/dev/null || :)" = "$inputs" ]; then
		echo "runner: $version: unchanged: $image"
		continue
	fi
	old=$(docker image inspect -f '{{.Id}}' "$image" 2>/dev/null || :)
	if ! docker build --force-rm --build-arg "BASE=$base" --build-arg "INPUTS=$inputs" -t "$image" "$context" >"$context.log" 2>&1; then
		tail -n 15 "$context.log" >&2
		echo "runner: $version: not built" >&2
		exit 1
	fi
	[ -z "$old" ] || docker rmi "$old" >/dev/null 2>&1 || : # kept where a container runs it
	echo "runner: $version: built $image, $(docker image inspect -f '{{.Size}}' "$image" | numfmt --to=iec)"
done
