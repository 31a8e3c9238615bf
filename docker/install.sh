#!/bin/sh
# Runs as root inside the image while it is built: installs $PACKAGES, makes the user
# "blender", and compiles Blender's Python files.
#
#   PACKAGES     Debian packages to install
#   APT_OPTIONS  further options for apt-get
#   MIRROR       Debian mirror to use instead of the base's own
set -eu

. /etc/os-release
# Documentation is never unpacked.
cp /opt/bgcheck/dpkg-no-docs /etc/dpkg/dpkg.cfg.d/bgcheck
if [ -n "${MIRROR:-}" ]; then
	mkdir -p /tmp/sources
	mv /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources /tmp/sources/ 2>/dev/null || :
	echo "deb $MIRROR ${SUITE:-${VERSION_CODENAME:-sid}} main" >/etc/apt/sources.list
fi

# shellcheck disable=SC2086 # both are lists of words
apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 ${APT_OPTIONS:-} "$@"; }
apt update
# shellcheck disable=SC2086
apt install -y --no-install-recommends $PACKAGES

useradd --uid 1000 --create-home --shell /bin/sh blender

# One path to Blender and one to a Python 3, wherever they came from.
if [ -x /opt/blender/blender ]; then
	ln -s /opt/blender/blender /usr/local/bin/blender
	set -- /opt/blender/*/python/bin/python3*
	python=$1
	[ -x "$python" ] || python=$(command -v python3)
else
	ln -s /usr/bin/blender /usr/local/bin/blender
	python=/usr/bin/python3
fi
ln -s "$python" /usr/local/bin/bgcheck-python

# Debian ships no .pyc for Blender's scripts and a non-root user cannot write them: without
# this every start compiles them anew, which takes as long as the rest of the start.
cat >/tmp/compile.py <<'PYTHON'
import bpy
import compileall
import os
import re

skip = re.compile(r"/(test|tests|idlelib|lib2to3|site-packages|dist-packages)/")
for folder in bpy.utils.script_paths() + [os.path.dirname(os.__file__)]:
    compileall.compile_dir(folder, quiet=2, rx=skip)
PYTHON
unset PYTHONDONTWRITEBYTECODE
mkdir /tmp/home
HOME=/tmp/home TMPDIR=/tmp/home blender --background --factory-startup --python-exit-code 1 \
	--python-expr 'exec(open("/tmp/compile.py").read())'

if [ -d /tmp/sources ]; then
	rm /etc/apt/sources.list
	find /tmp/sources -name sources.list -exec mv {} /etc/apt/ \;
	find /tmp/sources -name debian.sources -exec mv {} /etc/apt/sources.list.d/ \;
fi
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/cache/ldconfig /var/log/* /tmp/* /opt/bgcheck /root/.cache /root/.config
