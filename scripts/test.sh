#!/usr/bin/env bash
# Runs every test: Python on three databases, the web app's units, the browser journeys. It goes on
# after a failure, so that one run tells everything, and ends with one table.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

out=.run/test
rm -rf "$out"
mkdir -p "$out"
failed=()

step() { # NAME COMMAND...
    local name=$1 from=$SECONDS
    shift
    echo
    echo "=== $name"
    if "$@"; then
        echo "=== $name: ok in $((SECONDS - from)) s"
    else
        echo "=== $name: FAILED after $((SECONDS - from)) s"
        failed+=("$name")
    fi
}

python_tests() { # NAME DATABASE MARKS [pytest arguments ...]
    local name=$1 database=$2 marks=$3
    shift 3
    COVERAGE_FILE=$out/.coverage.$name .venv/bin/python -m pytest -q --db "$database" -m "$marks" \
        --tally "$out/$name.json" --durations=12 --durations-min=5 "$@"
}

coverage_gate() {
    .venv/bin/coverage combine --quiet --keep --data-file=.coverage "$out" &&
        .venv/bin/coverage report
}

web_tests() {
    .venv/bin/python hatch_build.py npm run test -- --reporter=default --reporter=json \
        --outputFile="$PWD/$out/vitest.json"
}

here="not browser and not fuzz"
elsewhere="$here and not web and not sqlite_only"
# Coverage is measured once: the same code runs on every database, and measuring takes time.
step "python on SQLite" python_tests sqlite sqlite "$here" -n 2 \
    --cov --cov-report= --cov-fail-under=0
step "python on PostgreSQL" python_tests postgres postgres "$elsewhere" -n 2
step "python on MariaDB" python_tests mariadb mariadb "$elsewhere" -n 2
step "web units" web_tests
# In a process of its own: Playwright keeps an event loop running in the main thread.
step "web budgets" .venv/bin/python hatch_build.py npm run budgets
step "browser journeys" python_tests browser sqlite browser
step "coverage" coverage_gate

echo
.venv/bin/python scripts/tally.py "$out" || failed+=("tally")
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
