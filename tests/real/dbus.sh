#!/bin/bash
# SPDX-License-Identifier: MIT
# Who is on the bus? The daemon knows its clients' pids itself: GetConnectionUnixProcessID is the truth.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
need dbus-daemon dbus-send gdbus jq

socket=$work/bus
ask() {
    dbus-send --bus="unix:path=$socket" --print-reply --dest=org.freedesktop.DBus / \
        "org.freedesktop.DBus.$1" "${@:2}"
}
unique_names() { ask ListNames | sed -n 's/ *string "\(:.*\)"/\1/p'; }
are_there() { (($(unique_names | wc -l) == $1 + 1)); } # the one who asks is there too

dbus-daemon --session --address="unix:path=$socket" --nofork --nopidfile --nosyslog >"$work/server.log" 2>&1 &
daemon=$!
started+=("$daemon")
wait_for "answer from dbus-daemon" ask GetId
for _ in 1 2 3; do
    gdbus monitor --address "unix:path=$socket" --dest org.freedesktop.DBus >/dev/null &
    started+=($!)
done
wait_for "three clients on the bus" are_there 3

truth=
for name in $(unique_names); do
    # The one who asked for the names has left, and with it its pid.
    truth+=$(ask GetConnectionUnixProcessID string:"$name" 2>/dev/null | sed -n "s/ *uint32 //p") || continue
    truth+=$'\n'
done
truth=$(sort -n <<<"${truth%$'\n'}")
[[ $(wc -l <<<"$truth") == 3 ]] || fail "dbus-daemon names other clients than the three: $truth"

"$otherend" who "$socket"
"$otherend" who "$socket" -o json >"$work/answer"
expect_same "clients of $socket" "$truth" "$(clients_of "$work/answer")"
"$otherend" who "${started[-1]}" -o json >"$work/answer"
expect_same "other ends of the last client" "$daemon" "$(clients_of "$work/answer")"
