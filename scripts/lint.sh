#!/usr/bin/env bash
# Runs every check that needs no running program. It goes on after a failure, so that one run tells
# everything.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

failed=()

step() { # NAME COMMAND...
    local name=$1
    shift
    echo "=== $name"
    "$@" || failed+=("$name")
}

npm() { .venv/bin/python hatch_build.py npm "$@"; }

no_addresses() { # A lock must work with any registry, so it names none.
    ! grep -nE '"resolved"|https?://[^"]*\.tgz' web/package-lock.json
}

step "ruff" .venv/bin/ruff check
step "ruff format" .venv/bin/ruff format --check
step "mypy" .venv/bin/mypy
step "import contracts" .venv/bin/lint-imports
step "shell scripts" .venv/bin/shellcheck scripts/*.sh examples/*.sh .ci/run
step "generated files" scripts/generate.sh --check
step "package-lock has no addresses" no_addresses
step "eslint" npm run lint
step "vue-tsc" npm run typecheck

if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
