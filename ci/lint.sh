#!/bin/sh
# Lints Go (golangci-lint with ginkgolinter, pinned in ci/lint.mod), the workflow that people
# copy (actionlint) and Python
# (what Debian packages: pyflakes, pycodestyle, mypy). Runs all, then fails if one failed.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0
run() {
	echo "lint: $1"
	shift
	"$@" || status=1
}
# testdata holds what others wrote, faults included.
python=$(git ls-files -- '*.py' ':!:**/testdata/**')
run "gofmt" sh -c 'out=$(gofmt -l $(git ls-files "*.go")); [ -z "$out" ] || { echo "not formatted: $out"; exit 1; }'
run "golangci-lint (the first time builds it: two minutes)" go tool -modfile=ci/lint.mod golangci-lint run --allow-serial-runners ./...
run "actionlint" go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 ci/templates/github.yml
run "pyflakes" pyflakes3 $python
run "pycodestyle" pycodestyle --max-line-length=100 $python
run "mypy" mypy --config-file ci/mypy.ini pyaddon
for os in windows darwin; do
	run "go vet ./harness/ for $os" env GOOS=$os CGO_ENABLED=0 go vet ./harness/ ./harness/internal/... \
		./harness/attach/ ./harness/match/ ./harness/service/ ./harness/usage/ ./harness/window/
done
exit $status
