#!/bin/bash
# SPDX-License-Identifier: MIT
# Who is on the bus? The daemon knows its clients' pids itself: GetConnectionUnixProcessID is the truth.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
need dbus-daemon dbus-send jq

socket=$work/bus
send=(dbus-send --bus="unix:path=$socket" --print-reply)
ask() { "${send[@]}" --dest=org.freedesktop.DBus / "org.freedesktop.DBus.$1" "${@:2}"; }
unique_names() { ask ListNames | grep -o ':1\.[0-9]*' | sort --unique --version-sort; }
are_there() { (($(unique_names | wc -l) == $1 + 1)); } # the one who asks is there too

dbus-daemon --session --address="unix:path=$socket" --nofork --nopidfile --nosyslog >"$work/server.log" 2>&1 &
daemon=$!
started+=("$daemon")
wait_for "answer from dbus-daemon" ask GetId

# Clients that stay: all wait for a reply of the first, which waits for its own. Names are handed out in order.
last=$(unique_names | tail -n 1)
first=:1.$((${last#:1.} + 1))
for number in 1 2 3; do
    "${send[@]}" --reply-timeout=600000 --dest="$first" / org.example.Never.Answered >/dev/null &
    started+=($!)
    wait_for "client $number on the bus" are_there "$number"
done

truth=
for name in $(unique_names); do
    pid=$(ask GetConnectionUnixProcessID string:"$name" 2>/dev/null | sed -n 's/ *uint32 //p') || continue
    truth+=$pid$'\n'
done
truth=$(sort -n <<<"${truth%$'\n'}")
[[ $(wc -l <<<"$truth") == 3 ]] || fail "dbus-daemon names other clients than the three: $truth"

"$otherend" who "$socket"
"$otherend" who "$socket" -o json >"$work/answer"
expect_same "clients of $socket" "$truth" "$(clients_of "$work/answer")"
"$otherend" who "${started[-1]}" -o json >"$work/answer"
expect_same "other ends of the last client" "$daemon" "$(clients_of "$work/answer")"
