#!/usr/bin/env bash
# Prints the name of a Debian base image for SUITE, and makes it where it is missing.
#
#   docker/base.sh SUITE
#
# With a registry that is debian:SUITE-slim. Where none can be reached, debootstrap makes
# bgcheck/base:SUITE, once per content of this file.
#
#   BGCHECK_BASE    auto (default): a registry, else debootstrap; or registry, or debootstrap
#   BGCHECK_MIRROR  Debian mirror for debootstrap; default: debootstrap's own
set -euo pipefail
cd "$(dirname "$0")"

suite=$1
way=${BGCHECK_BASE:-auto}
say() { echo "base $suite: $*" >&2; }

case $way in auto | registry | debootstrap) ;; *)
	say "BGCHECK_BASE is \"$way\"; one of: auto registry debootstrap"
	exit 2
	;;
esac

slim=debian:$suite-slim
if [ "$way" != debootstrap ]; then
	if docker image inspect "$slim" >/dev/null 2>&1 || timeout 300 docker pull -q "$slim" >/dev/null 2>&1; then
		echo "$slim"
		exit 0
	fi
	if [ "$way" = registry ]; then
		say "pulling $slim failed: $(docker pull -q "$slim" 2>&1 | tail -n 1)"
		exit 1
	fi
fi

name=bgcheck/base:$suite
inputs=$( (echo "$suite" "${BGCHECK_MIRROR:-}"; cat base.sh dpkg-no-docs) | sha256sum | cut -c 1-16)
label='{{index .Config.Labels "bgcheck.inputs"}}'
if [ "$(docker image inspect -f "$label" "$name" 2>/dev/null || :)" = "$inputs" ]; then
	echo "$name"
	exit 0
fi

if ! command -v debootstrap >/dev/null; then
	say "no registry can be reached, and there is no debootstrap to make a base with: apt-get install debootstrap"
	exit 1
fi
root=()
if [ "$(id -u)" != 0 ]; then
	if ! sudo -n true 2>/dev/null; then
		say "no registry can be reached, and debootstrap needs root: run docker/base.sh $suite as root once"
		exit 1
	fi
	root=(sudo -n)
fi
folder=$(mktemp -d)
trap '"${root[@]}" rm -rf --one-file-system "$folder"' EXIT
say "debootstrap"
"${root[@]}" debootstrap --variant=minbase "$suite" "$folder/root" ${BGCHECK_MIRROR:+"$BGCHECK_MIRROR"} >&2
say "docker import"
"${root[@]}" tar -C "$folder/root" --numeric-owner \
	--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/info/*' \
	--exclude='./usr/share/locale/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' \
	--exclude='./var/log/*' --exclude='./dev/*' -c . |
	docker import --change "LABEL bgcheck.inputs=$inputs" --change "LABEL bgcheck.base=$suite" - "$name" >&2
echo "$name"
