#!/usr/bin/env bash
# Makes .venv from the hashed locks and installs Taskly into it, editable. A stamp of what was
# installed makes the next call free.
#   scripts/setup.sh        everything that tests and checks need
#   scripts/setup.sh run    only what serving needs
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "setup: $*" >&2; }

python=${PYTHON:-python3}
if ! command -v "$python" >/dev/null; then
    say "Python 3.11 or newer is missing (Debian: apt-get install python3 python3-venv)"
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "Python 3.11 or newer is needed; $python is $("$python" --version 2>&1)"
    say "name another with PYTHON=/path/to/python3.11"
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    say "Python's venv module is missing (Debian: apt-get install python3-venv)"
    exit 1
fi

lock=dev
if [ "${1:-}" = run ]; then lock=run; fi

python_of() { "$1" -c 'import sys; print(sys.version, sys.platform)' 2>/dev/null; }

stamp_of() { # LOCK
    {
        python_of "$python"
        pwd
        cat "requirements/$1.txt" requirements/build.txt pyproject.toml
    } | sha256sum | cut -d' ' -f1
}

stamp=.venv/.taskly-stamp
installed=$(cat "$stamp" 2>/dev/null || true)
# The dev lock holds the run lock, so a full environment serves too.
if [ "$installed" = "$(stamp_of dev)" ] || [ "$installed" = "$(stamp_of "$lock")" ]; then
    exit 0
fi

say "installing requirements/$lock.txt into .venv"
rm -f "$stamp"
if [ "$(python_of .venv/bin/python)" != "$(python_of "$python")" ]; then
    rm -rf .venv
    "$python" -m venv .venv
fi

# pip brings uv, uv brings the rest: ten times faster, and both check every hash. uv does not read
# pip's configuration, so a mirror named there is passed on.
pip=(.venv/bin/python -m pip --disable-pip-version-check -qq)
if [ -z "${UV_DEFAULT_INDEX:-}" ]; then
    mirror=${PIP_INDEX_URL:-$("${pip[@]}" config get global.index-url 2>/dev/null || true)}
    if [ -n "$mirror" ]; then export UV_DEFAULT_INDEX=$mirror; fi
fi
"${pip[@]}" install --require-hashes -r requirements/build.txt
VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --require-hashes -r "requirements/$lock.txt"
"${pip[@]}" install --no-deps --no-build-isolation --editable .

stamp_of "$lock" >"$stamp"
