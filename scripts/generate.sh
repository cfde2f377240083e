#!/usr/bin/env bash
# Writes the files that are made from the code: the OpenAPI document, the settings
# reference and the web app's API types. With --check it writes nothing, and fails when one of them is out of date.
set -euo pipefail
cd "$(dirname "$0")/.."

check=false
if [ "${1:-}" = --check ]; then check=true; fi
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

.venv/bin/taskly openapi --out "$fresh/openapi.json"
.venv/bin/taskly reference --out "$fresh/settings.md"

.venv/bin/python hatch_build.py npm exec -- openapi-typescript "$fresh/openapi.json" \
    --default-non-nullable=false --output "$fresh/schema.d.ts" >"$fresh/log" 2>&1 ||
    { cat "$fresh/log" >&2; echo "generate: openapi-typescript failed" >&2; exit 1; }

status=0
keep() { # FRESH COMMITTED
    if cmp -s "$fresh/$1" "$2"; then return; fi
    if $check; then
        echo "generate: $2 is out of date; run 'make openapi'" >&2
        status=1
    else
        mkdir -p "$(dirname "$2")"
        cp "$fresh/$1" "$2"
        echo "generate: wrote $2"
    fi
}

keep openapi.json docs/openapi.json
keep settings.md docs/reference/settings.md
keep schema.d.ts web/src/shared/api/schema.d.ts
exit $status
