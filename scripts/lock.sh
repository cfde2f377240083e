#!/usr/bin/env bash
# Resolves pyproject.toml into the hashed locks under requirements/, for every Python and platform
# that Taskly supports. The locks name no package index, so any mirror can serve them.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() { # OUTPUT [uv arguments ...]
    .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --upgrade --quiet --output-file "$@"
}

compile requirements/dev.txt pyproject.toml --all-extras --group dev
# The smaller locks are cut from the big one, so that tests run what people run.
compile requirements/run.txt pyproject.toml --all-extras --constraints requirements/dev.txt
compile requirements/build.txt --group build --constraints requirements/dev.txt
compile requirements/node.txt --group node

if grep -nE '^(-i|--index|--extra-index|--find-links)|://' requirements/*.txt; then
    echo "lock: the lines above carry addresses; the locks must not" >&2
    exit 1
fi
