#!/usr/bin/env bash
# Builds the images bgcheck/blender:VERSION. Without a version: all of Debian's.
#
#   docker/build.sh [VERSION...]
#   docker/build.sh --archive blender-4.2.0-linux-x64.tar.xz --sha256 SUM --version 4.2
#   docker/build.sh --list
#
# An image is rebuilt when the files here, its packages or its archive have changed. What goes
# wrong with one version is said for that version, the others are built all the same, and the
# exit status is 1. The whole output is in $BGCHECK_OUT/images/VERSION.log.
#
#   BGCHECK_OUT      folder for the logs; default: out
#   BGCHECK_JOBS     versions built at the same time; default: 2
#   BGCHECK_REBUILD  1 rebuilds what has not changed, too
#   BGCHECK_BASE, BGCHECK_MIRROR: see base.sh
set -euo pipefail
self=$(realpath "$0")
here=$(dirname "$self")
repository=$(dirname "$here")
versions="2.83 3.4 4.3 5.2"

# describe VERSION sets what an image of it is made from.
describe() {
	packages="blender python3-numpy libegl1 libgl1-mesa-dri"
	apt_options=
	case $1 in
	2.83) suite=bullseye ;;
	3.4) suite=bookworm ;;
	4.3) suite=trixie ;;
	5.2)
		suite=sid
		# Debian forgot the dependency: Blender 5.2 imports it at start.
		packages="$packages python3-cattr"
		# A mirror that is a snapshot of sid has an expired Release file within days.
		apt_options="-o Acquire::Check-Valid-Until=false"
		;;
	*)
		echo "no Debian suite has Blender $1; one of: $versions (or --archive FILE --sha256 SUM --version $1)" >&2
		return 1
		;;
	esac
	origin="Debian $suite"
}

# What an official Blender needs from the system: it brings its own Python and numpy.
archive_packages="libx11-6 libxi6 libxxf86vm1 libxfixes3 libxrender1 libxkbcommon0 libsm6 libice6 libgl1 libegl1 libgl1-mesa-dri libgomp1 python3-minimal"

say() { printf '%-5s %s\n' "$version" "$*" >&3; }
since() { echo $(($(date +%s) - $1)); }

# build makes the image of $version. Its output goes to the log, its progress to descriptor 3.
build() {
	local image="bgcheck/blender:$version" start inputs label base id found old
	start=$(date +%s)
	if [ -n "${archive:-}" ]; then
		suite=${BGCHECK_SUITE:-bookworm} packages=$archive_packages apt_options= origin="archive $(basename "$archive")"
	else
		describe "$version" 2>&3
	fi
	inputs=$( (
		echo "$version" "$suite" "$packages" "$apt_options" "${sum:-}" "${BGCHECK_MIRROR:-}" "${BGCHECK_BASE:-auto}"
		cd "$here" && cat Dockerfile install.sh dpkg-no-docs base.sh
	) | sha256sum | cut -c 1-16)
	label='{{index .Config.Labels "bgcheck.inputs"}}'
	if [ "${BGCHECK_REBUILD:-}" != 1 ] && [ "$(docker image inspect -f "$label" "$image" 2>/dev/null || :)" = "$inputs" ]; then
		say "unchanged: $image"
		return
	fi

	context=$(mktemp -d)
	mkdir -p "$context/opt/bgcheck"
	if [ -n "${archive:-}" ]; then
		say "checking and unpacking $archive"
		found=$(sha256sum "$archive" | cut -d ' ' -f 1)
		if [ "$found" != "$sum" ]; then
			say "checking $archive: its SHA-256 is $found, not $sum"
			return 1
		fi
		mkdir "$context/opt/blender"
		tar -C "$context/opt/blender" --strip-components=1 --no-same-owner -xf "$archive"
	fi
	say "base $suite"
	base=$("$here/base.sh" "$suite")
	say "building on $base (after $(since "$start") s)"
	cp "$here/Dockerfile" "$context/"
	cp "$here/install.sh" "$here/dpkg-no-docs" "$context/opt/bgcheck/"
	chmod -R u+rwX,go+rX,go-w "$context/opt"
	docker build --force-rm --iidfile "$context.id" --build-arg "BASE=$base" --build-arg "PACKAGES=$packages" \
		--build-arg "APT_OPTIONS=$apt_options" --build-arg "MIRROR=${BGCHECK_MIRROR:-}" \
		--build-arg "BLENDER=$version" --build-arg "ORIGIN=$origin" --build-arg "INPUTS=$inputs" "$context"
	id=$(cat "$context.id")

	say "asking it for its version (after $(since "$start") s)"
	found=$(docker run --rm --network none "$id" blender --background --version | sed -n 's/^Blender \([0-9.]*\).*/\1/p' | head -n 1)
	case $found in
	"$version" | "$version".*) ;;
	*)
		say "the Blender of $origin is \"$found\", not $version"
		return 1
		;;
	esac
	old=$(docker image inspect -f '{{.Id}}' "$image" 2>/dev/null || :)
	printf 'FROM %s\nLABEL org.opencontainers.image.version="%s"\n' "$id" "$found" | docker build --force-rm -t "$image" -
	[ -z "$old" ] || docker rmi "$old" || : # kept where something stands on it
	say "built $image: Blender $found, $(docker image inspect -f '{{.Size}}' "$image" | numfmt --to=iec), $(since "$start") s"
}

# finish runs at the end of one version's build: its status is what the whole run counts.
finish() {
	local status=$?
	[ -z "${context:-}" ] || rm -rf "$context" "$context.id"
	if [ $status -ne 0 ]; then
		say "FAILED; the end of $log:"
		tail -n 15 "$log" | sed 's/^/      /' >&3
		exit 1 # and not 255, upon which xargs would not build the others
	fi
}

archive= sum= version= one= wanted=()
options=()
while [ $# -gt 0 ]; do
	case $1 in
	--archive) archive=$(realpath "$2") && shift ;;
	--sha256) sum=$2 && shift ;;
	--version) wanted=("$2") && shift ;;
	--one) one=1 version=$2 && shift ;;
	--list) echo "$versions" && exit ;;
	-h | --help) sed -n '2,/^set/s/^# \{0,1\}//p' "$self" && exit ;;
	-*) echo "build.sh: unknown option $1" >&2 && exit 2 ;;
	*) wanted+=("$1") ;;
	esac
	shift
done

logs=${BGCHECK_OUT:-$repository/out}/images
mkdir -p "$logs"
if [ -n "$one" ]; then
	log=$logs/$version.log
	exec 3>&1 >"$log" 2>&1
	trap finish EXIT
	build
	exit
fi

if [ -n "$archive" ]; then
	if [ -z "$sum" ] || [ ${#wanted[@]} -ne 1 ]; then
		echo "build.sh: --archive needs --sha256 SUM and --version X.Y" >&2
		exit 2
	fi
	options=(--archive "$archive" --sha256 "$sum")
fi
if ! problem=$(docker version --format '{{.Server.Version}}' 2>&1); then
	echo "build.sh: no container engine can be reached: $(tail -n 1 <<<"$problem")" >&2
	exit 1
fi
[ ${#wanted[@]} -gt 0 ] || read -ra wanted <<<"$versions"
printf '%s\n' "${wanted[@]}" | xargs -P "${BGCHECK_JOBS:-2}" -I '{}' "$self" "${options[@]}" --one '{}' || {
	echo "build.sh: not every image was built" >&2
	exit 1
}
