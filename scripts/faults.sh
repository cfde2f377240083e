#!/usr/bin/env bash
# Runs the fault and property tests at length on all three databases, ending in a table of figures.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

out=.run/faults
rm -rf "$out"
mkdir -p "$out"
status=0
for database in sqlite postgres mariadb; do
    marks="(fault or property) and not browser"
    if [ "$database" != sqlite ]; then marks="$marks and not sqlite_only"; fi
    echo "=== $database"
    TASKLY_TEST_LONG=1 .venv/bin/python -m pytest -q --db "$database" -m "$marks" \
        --tally "$out/$database.json" || status=1
done
echo
.venv/bin/python scripts/tally.py "$out" || status=1
exit $status
