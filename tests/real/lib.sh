# SPDX-License-Identifier: MIT
# Common ground of the real-server tests: a work folder, processes that are ended by pid, waiting with a deadline.
# A test may define on_exit, which is called before its processes are ended.
# shellcheck shell=bash disable=SC2034
set -euo pipefail

otherend=$1 # the binary under test
work=$(mktemp -d /tmp/otherend-real.XXXXXX)
started=()  # pids of children of this script

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

need() {
    local program
    for program; do
        command -v "$program" >/dev/null || fail "$program is missing; scripts/setup test installs it"
    done
    [[ $(id -u) == 0 ]] || fail "needs root"
}

# wait_for WHAT COMMAND... : until COMMAND succeeds, at most 30 s; for events that offer nothing to block on.
wait_for() {
    local what=$1 deadline=$((SECONDS + 30))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "no $what within 30 s"
        sleep 0.1
    done
}

finish() {
    local status=$? last
    trap - EXIT
    trap '' INT TERM # timeout(1) sends its signal twice; cleaning up is not to be cut short by the second
    set +e
    if declare -F on_exit >/dev/null; then on_exit; fi
    for ((last = ${#started[@]} - 1; last >= 0; last--)); do # clients before their server
        kill "${started[last]}" && wait "${started[last]}"
    done 2>/dev/null
    if ((status)) && [[ -s $work/server.log ]]; then
        echo "last lines of the server's log:"
        tail -n 20 "$work/server.log"
    fi >&2
    rm -rf --one-file-system "$work"
    exit "$status"
}
trap finish EXIT

# clients_of ANSWER: the pid of every process at the other end of a connected UNIX socket, once. A process has pipes, too:
# those of its output, and what it inherited.
clients_of() {
    jq '[.endpoints[] | select(.kind == "unix") | .peers[]? | select(.state == "connected") | .holders[].pid] | unique | .[]' "$1" | sort -n
}

# expect_same WHAT EXPECTED FOUND: both are lists, one a line.
expect_same() {
    diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") >"$work/difference" && return
    echo "$1: < expected, > otherend says" >&2
    cat "$work/difference" >&2
    fail "$1 differ"
}
