#!/bin/sh
# Everything that must pass, in the order in which it tells most soonest. Runs all
# parts, then says which failed. What CI runs, through `make test`.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=
part() {
	name=$1
	shift
	echo
	echo "== $name"
	start=$(date +%s)
	if "$@"; then verdict=ok; else verdict=FAILED failed="$failed, $name"; fi
	echo "== $name: $verdict after $(($(date +%s) - start)) s"
}
python=/usr/bin/python3
[ -x $python ] || python=python3

# A missing Blender, Chromium or pytest is never a pass.
export BGCHECK_REQUIRE_BLENDER=1 BGCHECK_REQUIRE_CHROMIUM=1 BGCHECK_REQUIRE_PYTEST=1

# Containers where there is an engine; where there is none that is said, and nothing passed.
if engine=$(docker version --format '{{.Server.Version}}' 2>&1); then
	ci/setup.sh images
	# Built beside the linters; what it says comes after them.
	said=$(mktemp)
	{ docker/build.sh 3.4 && docker/build_test.sh; } >"$said" 2>&1 &
	image=$!
	# On the package as Blender installs it: the source tree is checked without a container.
	containers="env BGCHECK_PACKAGE=1 ci/matrix.sh 3.4"
else
	containers=
fi

part "lint" ci/lint.sh
part "Python unit tests" $python -m unittest discover -s pyaddon/tests
if [ -n "$containers" ]; then
	built() { wait $image; built=$?; cat "$said"; rm "$said"; return $built; }
	part "the image of Blender 3.4, and one of an archive (docker $engine)" built && export BGCHECK_REQUIRE_DOCKER=1
fi
part "Go unit tests and the wrong fixtures" go test -parallel 4 -timeout 80m $(go list ./... | grep -v /suites)
part "the reference add-on, by the command" go tool bgcheck check pyaddon
part "3,000 requests that are almost right, on the reference add-on" go tool bgcheck fuzz pyaddon --requests 3000 --for 3m
part "the reference add-on, by the suites" ci/suites.sh
if [ -n "$containers" ]; then
	part "the suites in a container (Blender 3.4)" $containers
else
	echo
	echo "== the suites in a container: SKIPPED, no container engine: $(echo "$engine" | tail -n 1)"
fi

echo
if [ -n "$failed" ]; then
	echo "make test: FAILED: ${failed#, }"
	exit 1
fi
echo "make test: all parts passed"
