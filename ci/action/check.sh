#!/usr/bin/env bash
# What the action does once bgcheck is installed: has a Blender, judges, and gives
# the outputs. Reads TARGET, CHECKS, BGCHECK_BLENDER, BGCHECK_OUT and GITHUB_OUTPUT.
set -uo pipefail
if [ -z "${BGCHECK_BLENDER:-}" ]; then
	unset BGCHECK_BLENDER
	if ! command -v blender >/dev/null; then
		sudo apt-get update && sudo apt-get install --yes --no-install-recommends blender python3-numpy || exit 3
	fi
fi
words=()
read -ra checks <<<"${CHECKS:-}"
for check in "${checks[@]}"; do words+=(--check "$check"); done
# An empty array needs this form in the bash of macOS.
bgcheck check ${words[@]+"${words[@]}"} "${TARGET:-.}"
status=$?
case $status in
0) verdict=passed ;;
1) verdict=failed ;;
2) verdict=interrupted ;;
4) verdict=mistake ;;
*) verdict=not-run ;;
esac
{
	echo "verdict=$verdict"
	echo "report=${BGCHECK_OUT:-out}/report.html"
} >>"$GITHUB_OUTPUT"
exit $status
