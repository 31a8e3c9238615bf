#!/bin/sh
# Installs what a target of the Makefile needs and this machine lacks.
#
#   ci/setup.sh blender   a Blender: $BGCHECK_BLENDER if set, else one in PATH, else Debian's by apt
#   ci/setup.sh run       what $BGCHECK_BACKEND runs Blender with: one of the others, or an image
#   ci/setup.sh lint      the Python linters: pyflakes, pycodestyle, mypy
#   ci/setup.sh window    Xvfb and software OpenGL, to run Blender in a window that nobody sees
#   ci/setup.sh chromium  Chromium, in which tests look at the report's page
#   ci/setup.sh pytest    venv, pip and pytest, with which tests install and use the wheel
#   ci/setup.sh engine    nothing; says when no container engine can be reached
#   ci/setup.sh images    the same, and debootstrap, to make base images where there is no registry
#
# Uses apt-get as root, or with sudo where that asks for no password. Where neither
# can be, it says what to install and exits 1. Says nothing when nothing is missing.
set -u

have() { command -v "$1" >/dev/null 2>&1; }

# install WHAT PACKAGE...: by apt, quietly; the whole output is shown when it fails.
install() {
	what=$1
	shift
	if ! have apt-get; then
		echo "setup: no $what here, and no apt-get to install it with. Install $what by hand${remedy:+, or $remedy}" >&2
		exit 1
	fi
	sudo=
	if [ "$(id -u)" != 0 ]; then
		if ! have sudo || ! sudo -n true 2>/dev/null; then
			echo "setup: no $what here, and neither root nor sudo to install it with. Run as root: apt-get install --no-install-recommends $*${remedy:+ (or $remedy)}" >&2
			exit 1
		fi
		sudo="sudo -n"
	fi
	echo "setup: installing $what (apt-get install $*)"
	log=$(mktemp)
	if ! { DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y --no-install-recommends "$@" ||
		{ $sudo apt-get update && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y --no-install-recommends "$@"; }; } >"$log" 2>&1 </dev/null; then
		cat "$log" >&2
		rm -f "$log"
		echo "setup: apt-get could not install $what: see above" >&2
		exit 1
	fi
	rm -f "$log"
}

# run is what the backend needs.
if [ "$*" = run ]; then
	case ${BGCHECK_BACKEND:-local} in
	window) set -- blender window ;;
	container)
		"$0" images || exit
		cd "$(dirname "$0")/.." || exit 1
		# A version is built; an image's name is taken as it is, and nothing is the newest there is.
		case ${BGCHECK_BLENDER:-} in
		*[!0-9.]*) exit 0 ;;
		"") docker image ls -q bgcheck/blender 2>/dev/null | grep -q . && exit 0 || exec docker/build.sh 3.4 ;;
		*) exec docker/build.sh "$BGCHECK_BLENDER" ;;
		esac
		;;
	attach) exit 0 ;;
	*) set -- blender ;; # a name that is no backend's is told by the command
	esac
fi

for part in "$@"; do
	remedy=
	case $part in
	blender)
		# A Blender that was named is judged by `bgcheck doctor`, which says what is wrong with it.
		if [ -z "${BGCHECK_BLENDER:-}" ] && ! have blender; then
			remedy="name one: BLENDER=/path/to/blender"
			# numpy is a package of its own in Debian; some add-ons need it.
			install Blender blender python3-numpy
		fi
		;;
	lint)
		have pyflakes3 && have pycodestyle && have mypy || install "Python linters" pyflakes3 pycodestyle mypy
		;;
	window)
		# The X server and Mesa's driver, which is no program: dpkg knows it, or apt-get looks.
		have Xvfb && dpkg -s libgl1 libgl1-mesa-dri >/dev/null 2>&1 || install "Xvfb and software OpenGL" xvfb libgl1 libgl1-mesa-dri
		;;
	chromium)
		have chromium || have chromium-browser || have google-chrome || install Chromium chromium
		;;
	pytest)
		dpkg -s python3-venv python3-pytest >/dev/null 2>&1 || install "venv and pytest" python3-venv python3-pytest
		;;
	engine | images)
		# Asked first: what follows takes minutes, and would blame an image.
		if ! have docker; then
			echo "setup: no container engine: there is no docker in PATH; install Docker's engine and client" >&2
			exit 1
		fi
		if ! problem=$(timeout 20 docker version --format '{{.Server.Version}}' 2>&1); then
			echo "setup: no container engine can be reached: $(printf '%s\n' "$problem" | tail -n 1)" >&2
			exit 1
		fi
		[ "$part" = engine ] || have debootstrap || install debootstrap debootstrap
		;;
	*)
		echo "setup: unknown part \"$part\"; one of: run blender lint window chromium pytest engine images" >&2
		exit 2
		;;
	esac
done
