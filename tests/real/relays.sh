#!/bin/bash
# SPDX-License-Identifier: MIT
# Relays as people run them: a remote login, a forwarded port, nc between pipes, tee, a pipeline; and a busy server,
# which relays, too, but of which nobody can say from its descriptors alone who is served by whom.
# shellcheck source-path=SCRIPTDIR
if [[ -z ${OTHEREND_OWN_NETWORK-} ]]; then
    OTHEREND_OWN_NETWORK=yes exec unshare --net "$0" "$@"
fi
source "$(dirname "$0")/lib.sh"
need socat busybox ss jq python3 tee
ip link set lo up

# clean COMMAND... : in place of this shell, without descriptors inherited from whoever runs this test; 7 may be a
# connection. Its pid is remembered, to be ended.
clean() {
    local fd
    echo "$BASHPID" >>"$work/pids"
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        ((fd < 3 || fd == 7)) || eval "exec $fd>&-"
    done
    exec "$@"
}
# run COMMAND... : in the background; sets pid
run() {
    clean "$@" </dev/null &>>"$work/server.log" &
    pid=$!
}
# client PORT : a program with a connection to it as descriptor 7
client() {
    run sleep 1000 7<>"/dev/tcp/127.0.0.1/$1"
}
on_exit() {
    xargs --no-run-if-empty kill <"$work/pids"
    wait
} &>/dev/null

listens() { ss --listening --no-header --numeric "$@" | grep -q .; }

# The text of a path: processes with their descriptors, = a channel with data both ways, > one way.
# shellcheck disable=SC2016 # the dollars are jq's
way='
def arrow: {both: "=", forward: ">", backward: "<"}[.flow];
def held: [.holders[]? | "\(.comm)/\(.fd)"] | unique | join("+");
def hop: if .channel then .channel | "\(.near | held) \(arrow)\(.method)\(arrow) \(.far | held)"
    else .relay | "[\(arrow)\(.evidence)]" end;
'
# expect_path WHAT EXPECTED TARGET OPTION... : EXPECTED are paths, one a line, told in either direction
expect_path() {
    echo "--- $1: otherend path ${*:3}"
    "$otherend" path "${@:3}"
    "$otherend" path "${@:3}" -o json >"$work/answer"
    expect_same "$1" "$2" "$(jq -r "$way"'.paths[] | [.hops[] | hop] | join(" ")' "$work/answer")"
}

# Like a remote login: the daemon has a connection, and the master of the terminal of the shell.
run socat tcp-listen:2222,bind=127.0.0.1 exec:cat,pty,setsid,ctty
daemon=$pid
wait_for "login daemon" listens --tcp "sport = 2222"
client 2222
wait_for "shell" pgrep --parent "$daemon" --exact cat
expect_path "remote login" "sleep/7 =tuple= socat/6 [=inferred] socat/5 =tty= cat/0+cat/1" "$pid/7"

# Like kubectl port-forward: a TCP port here, a UNIX socket there.
run socat "unix-listen:$work/pod" exec:cat
pod=$pid
wait_for "pod" test -S "$work/pod"
run socat tcp-listen:8080,bind=127.0.0.1,fork "unix-connect:$work/pod"
wait_for "forwarded port" listens --tcp "sport = 8080"
client 8080
wait_for "program in the pod" pgrep --parent "$pod" --exact cat
expect_path "forwarded port" "sleep/7 =tuple= socat/6 [=inferred] socat/5 =pointer= socat/6 [=inferred] socat/5 $(
    )=pointer= cat/0+cat/1" "$pid/7"

# nc between two pipes: what it reads goes to the server, what comes back to the next stage.
run busybox nc -l -p 7000 -e cat
wait_for "server of nc" listens --tcp "sport = 7000"
{ clean sleep 1000 | clean busybox nc 127.0.0.1 7000 | clean sort >/dev/null; } &
connected_to() { ss --tcp --no-header state established "dport = $1" | grep -q .; }
wait_for "connection of nc" connected_to 7000
nc=$(ss --tcp --no-header --processes state established "dport = 7000" | grep -o 'pid=[0-9]*' | tr -d pid=)
expect_path "nc, what it reads" "sleep/1 >pipe> busybox/0 [>inferred] busybox/3 =tuple= cat/0+cat/1" "$nc/0"
expect_path "nc, what it writes" "cat/0+cat/1 =tuple= busybox/3 [>inferred] busybox/1 >pipe> sort/0" "$nc/1"

# A pipeline, with tee, which copies into a file as well.
{ clean sleep 1000 | clean cat | clean tee "$work/copy" | clean wc >/dev/null; } &
stage_of_pipeline() { # COMM : its pid, of the last four that were started
    local pid
    for pid in $(tail -n 4 "$work/pids"); do
        if grep -qx "$1" "/proc/$pid/comm"; then echo "$pid"; fi
    done | grep .
}
for stage in sleep cat tee wc; do wait_for "$stage" stage_of_pipeline "$stage"; done
for target in $(for stage in sleep/1 cat/0 tee/0 tee/1 wc/0; do echo "$(stage_of_pipeline "${stage%/*}")/${stage#*/}"; done); do
    expect_path "pipeline" "$(
        )sleep/1 >pipe> cat/0 [>inferred] cat/1 >pipe> tee/0 [>inferred] tee/1 >pipe> wc/0" "$target"
done

# A busy server: nobody can say from its descriptors which of its 50 clients is served by which of its 3 upstreams.
start_role() { # NAME ROLE FILE NUMBER...
    run python3 "$(dirname "$0")/busy_server.py" "$2" "$work/$1" "${@:4}"
    wait_for "$1" test -s "$work/$1$3"
}
for number in 0 1 2; do start_role "upstream$number" upstream .listens "$number"; done
start_role server server .listens
for number in 0 2; do start_role "talker$number" talker "" "$number"; done
start_role silent silent ""
wait_for "server with all its clients" test -s "$work/server"
end() { jq -r "\"\(.pid)/\(.fds[$2])\"" "$work/$1"; } # NAME NUMBER
fd() { jq ".fds[$2]" "$work/$1"; }
server=$(jq .pid "$work/server")

# relays_in ANSWER : the pairs that the server is said to relay between, wherever they stand in it
relays_in() {
    jq -r --argjson server "$server" '[.. | .relay? // empty | select(.pid == $server)
        | "\([.before[0].fd, .after[0].fd] | sort | join("-")) \(.evidence)"] | unique[]' "$1"
}
for target in "$server" "$(end talker0 0)" "$(end silent 5)"; do
    "$otherend" path "$target" -o json >"$work/answer"
    expect_same "pairs of $target, not watched" "" "$(relays_in "$work/answer")"
done
true_pairs=$(for number in 0 2; do # the talkers came first
    echo "$(fd server $((50 + number)))-$(fd server $((number / 2))) observed"
done | sort)
"$otherend" path "$server" --observe 1 -o json >"$work/answer"
expect_same "pairs of the server, watched" "$true_pairs" "$(relays_in "$work/answer")"
for number in 0 2; do
    expect_path "talker $number, watched" "talker/$(fd "talker$number" 0) =tuple= server/$(fd server $((number / 2))) $(
        )[=observed] server/$(fd server $((50 + number))) =tuple= upstream/$(fd "upstream$number" 0)" \
        "$(end "talker$number" 0)" --observe 1
done
"$otherend" path "$(end silent 5)" --observe 1 -o json >"$work/answer"
expect_same "relays on the way from a silent client, watched" 0 "$(
    jq '[.paths[].hops[] | select(.relay)] | length' "$work/answer")"
echo "--- a silent client of the busy server: otherend path $(end silent 5)"
"$otherend" path "$(end silent 5)" | head -n 12
