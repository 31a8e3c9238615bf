#!/usr/bin/env bash
# Tests build.sh: an archive made here takes the place of an official Blender.
# Takes a minute and needs a container engine; leaves nothing behind but the base image.
set -euo pipefail
cd "$(dirname "$0")"

folder=$(mktemp -d)
export BGCHECK_OUT=$folder/out
image=bgcheck/blender:0.99
trap 'rm -rf "$folder"; docker rmi -f "$image" >/dev/null 2>&1 || :' EXIT
fail() {
	echo "build_test: $*" >&2
	cat "$folder"/said "$folder"/out/images/*.log >&2 2>/dev/null || :
	exit 1
}
# run WANTED COMMAND...: keeps what it says, and wants that exit status.
run() {
	local wanted=$1 status=0
	shift
	"$@" >"$folder/said" 2>&1 || status=$?
	[ "$status" = "$wanted" ] || fail "exit status $status, not $wanted: $*"
}
said() { grep -q -e "$1" "$folder/said" || fail "it did not say \"$1\""; }

top=$folder/blender-0.99.1-linux-x64
mkdir -p "$top"
printf '#!/bin/sh\necho "Blender 0.99.1"\n' >"$top/blender"
chmod +x "$top/blender"
tar -C "$folder" -cJf "$folder/blender.tar.xz" "$(basename "$top")"
sum=$(sha256sum "$folder/blender.tar.xz" | cut -d ' ' -f 1)

run 2 ./build.sh --archive "$folder/blender.tar.xz" --version 0.99
said 'needs --sha256'
run 1 ./build.sh --archive "$folder/blender.tar.xz" --sha256 "${sum//[0-9]/0}" --version 0.99
said "its SHA-256 is $sum"
run 1 ./build.sh 0.99
said 'no Debian suite has Blender 0.99'
run 0 ./build.sh --archive "$folder/blender.tar.xz" --sha256 "$sum" --version 0.99
said 'built bgcheck/blender:0.99: Blender 0.99.1'
run 0 ./build.sh --archive "$folder/blender.tar.xz" --sha256 "$sum" --version 0.99
said 'unchanged: bgcheck/blender:0.99'

inside() { docker run --rm --network none "$image" "$@"; }
[ "$(inside id -u)" = 1000 ] || fail "it does not run as user 1000"
[ "$(inside bgcheck-python -c 'print(6 * 7)')" = 42 ] || fail "it has no Python for the launcher"
inside blender | grep -qx 'Blender 0.99.1' || fail "blender is not the archive's"
[ -z "$(docker image inspect -f '{{join .Config.Entrypoint " "}}' "$image")" ] || fail "it has an entry point"
echo "build_test: passed"
