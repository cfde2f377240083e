#!/usr/bin/env bash
# Downloads a part of a video through Taskly's API, watches it, fetches the file and cleans up.
#
#   examples/download.sh BASE_URL TOKEN MEDIA_URL [START] [END] [FILE]
#   examples/download.sh http://127.0.0.1:8000 "$TOKEN" https://example.com/clip.mp4 0:05 0:10
#
# Needs curl and jq.
set -euo pipefail

if [ $# -lt 3 ]; then
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
api=${1%/}/api/v1
token=$2
media=$3
start=${4:-0:02}
end=${5:-0:05}
file=${6:-video.mp4}

# The token goes in by standard input: what stands in a command line, everybody on the machine can read.
call() { # METHOD PATH [curl arguments ...]
    local method=$1 path=$2
    shift 2
    printf 'header = "Authorization: Bearer %s"\n' "$token" |
        curl --silent --show-error --fail-with-body --config - --request "$method" "$@" "$api$path"
}

body=$(jq -n --arg url "$media" --arg from "$start" --arg to "$end" \
    '{url: $url, start_time: $from, end_time: $to}')
if ! answer=$(call POST /download --header 'Content-Type: application/json' --data "$body"); then
    jq -r '.detail, (.errors[] | "\(.field): \(.message)")' <<<"$answer" >&2
    exit 1
fi
job=$(jq -r .id <<<"$answer")
echo "job $job"

state=queued
until [[ $state =~ ^(succeeded|failed|discarded|cancelled|skipped)$ ]]; do
    sleep 0.5
    answer=$(call GET "/jobs/$job")
    state=$(jq -r .state <<<"$answer")
    jq -r '"\(.state) \(.percent // 0 | floor)% \(.step // "")"' <<<"$answer"
done

echo "--- log"
call GET "/jobs/$job/logs" --header 'Accept: text/plain'
if [ "$state" != succeeded ]; then
    jq -r '.error | "\(.code): \(.message)"' <<<"$answer" >&2
    exit 1
fi

call GET "/jobs/$job/files/video" --output "$file"
echo "--- saved $file, $(wc -c <"$file") bytes"
call DELETE "/jobs/$job"
echo "--- deleted job $job"
