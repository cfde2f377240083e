#!/usr/bin/env bash
# Gets what the tests use and no Python package carries: MariaDB, RabbitMQ, Chromium, a Chinese font, ffmpeg, jq,
# the Docker engine and a static busybox, of which its tests make their image.
# As root on Debian they are installed, without starting a service; elsewhere each missing one is
# named in one line, and its tests say that they did not run.
set -euo pipefail

packages=()
missing=()

need() { # PACKAGE WHAT COMMAND...
    local package=$1 what=$2
    shift 2
    if ! "$@" >/dev/null 2>&1; then
        packages+=("$package")
        missing+=("$what (Debian, as root: apt-get install $package)")
    fi
}

any_command() { # NAME...
    local name
    for name in "$@"; do
        if PATH=$PATH:/usr/sbin:/usr/local/sbin command -v "$name"; then return 0; fi
    done
    return 1
}

curl_and_jq() { command -v curl && command -v jq; }

busybox() { [ -x /bin/busybox ] && ! ldd /bin/busybox; }

chinese_font() { [ -n "$(fc-list :lang=zh)" ]; }

need mariadb-server MariaDB any_command mariadbd mysqld
need rabbitmq-server RabbitMQ any_command rabbitmq-server
need chromium Chromium any_command chromium chromium-browser google-chrome
need ffmpeg ffmpeg any_command ffmpeg
need "curl jq" "curl and jq" curl_and_jq
need docker.io "the Docker engine" any_command dockerd
need busybox-static "a static busybox" busybox
need "fonts-wqy-microhei fontconfig" "a Chinese font" chinese_font

if [ ${#packages[@]} -eq 0 ]; then exit 0; fi

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        # Debian would start a database at once; the tests start their own.
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2206 # one entry may name two packages
    wanted=(${packages[@]})
    echo "services: installing ${wanted[*]}" >&2
    if apt-get update -qq >&2 &&
        apt-get install -qq --no-install-recommends --no-upgrade "${wanted[@]}" >&2; then
        exit 0
    fi
    echo "services: apt-get could not install ${wanted[*]}" >&2
fi

for what in "${missing[@]}"; do
    echo "services: MISSING $what" >&2
done
