#!/usr/bin/env bash
# Has Blender itself install the reference add-on's package, and copies out what it installed,
# with a target file that checks it: FOLDER/bgcheck.yaml.
#
#   docker/installed.sh VERSION PACKAGES FOLDER
#
# VERSION of an image bgcheck/blender; PACKAGES is a folder that `make package` wrote. From 4.2 on
# that is the extension, by `blender --command extension`; before, the add-on zip, by the operator
# behind the preferences' "Install" button.
set -euo pipefail
version=$1 packages=$2 folder=$3

if [ "$(printf '%s\n' 4.2 "$version" | sort -V | head -n 1)" = 4.2 ]; then
	kind=extension
	install='blender --command extension validate /tmp/package.zip &&
		blender --command extension install-file --repo user_default /tmp/package.zip &&
		from=$BLENDER_USER_EXTENSIONS/user_default'
else
	kind=addon
	# The operator reports an error by raising it.
	install='blender --background --factory-startup --python-exit-code 1 --python-expr \
		"import bpy; bpy.ops.preferences.addon_install(filepath=\"/tmp/package.zip\")" &&
		from=$BLENDER_USER_SCRIPTS/addons'
fi
target=$packages/$kind.yaml
zip=$packages/$(sed -n 's/^addon: //p' "$target")

rm -rf "$folder"
mkdir -p "$folder"
log=$folder/install.log
# Blender 2.83 takes the folders only when they exist. The package comes in on standard input, what was installed goes out on standard output: the
# engine may be on another machine.
if ! docker run --rm --interactive --network none \
	--env BLENDER_USER_EXTENSIONS=/tmp/extensions --env BLENDER_USER_SCRIPTS=/tmp/scripts \
	"bgcheck/blender:$version" sh -c "mkdir -p /tmp/extensions /tmp/scripts/addons && cat >/tmp/package.zip && { $install; } >&2 && tar -C \$from -c tcp_echo" \
	<"$zip" 2>"$log" >"$folder/installed.tar"; then
	echo "installed.sh: Blender $version did not install $zip; it said:" >&2
	tail -n 15 "$log" >&2
	exit 1
fi
tar -C "$folder" -xf "$folder/installed.tar" --exclude=__pycache__
rm "$folder/installed.tar"
sed 's/^addon: .*/addon: tcp_echo/' "$target" >"$folder/bgcheck.yaml"
