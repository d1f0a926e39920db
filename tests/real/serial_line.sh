#!/bin/bash
# SPDX-License-Identifier: MIT
# A virtual serial line between two containers, with nothing of ours in them: a program on /dev/ptty0, its pty, a socat,
# TCP, the other socat, its pty, the other program. And terminals of `docker run -t`, each pts/0 of its own devpts.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/host.sh"
need socat lsof lsfd

start_docker
make_image socat
docker network create line >/dev/null

# serial_end NAME ADDRESS OPTION... : a container with one end of the line
serial_end() {
    docker run --detach --name "$1" --network line "${@:3}" box:1 \
        /bin/socat pty,raw,echo=0,link=/dev/ptty0 "$2" >/dev/null
}
# expect_line SERVER CLIENT : the whole way between the programs on the two terminals, told from either
expect_line() {
    local name
    for name in "$1" "$2"; do
        docker exec --detach "$name" /bin/sh -c 'exec cat /dev/ptty0 >/tmp/heard'
        wait_for "cat in $name" pid_in "$name" cat
        wait_for "terminal of cat in $name" test -n "$(fds_of "$(pid_in "$name" cat)" '/dev/pts/[0-9]*')"
    done
    expect_heard "$1" "$2"
    expect_heard "$2" "$1"
    expect_path "$1" "$2"
    expect_path "$2" "$1"
}

# fds_of PID PATTERN : its descriptors of files whose link matches, by number
fds_of() {
    find "/proc/$1/fd" -lname "$2" -printf '%f\n' | sort -n
}
heard_in() { docker exec "$1" /bin/cat /tmp/heard | grep -q "$2"; }
expect_heard() { # FROM TO : that it is one line: what is written here is read there
    docker exec "$1" /bin/sh -c "echo from $1 >/dev/ptty0"
    wait_for "what $1 wrote in $2" heard_in "$2" "from $1"
}

# tcp_of PID : "fd inode" of its connected TCP socket
tcp_of() {
    nsenter --net --target "$1" ss --tcp --numeric --processes --extended --no-header state established |
        sed -n "s/.*pid=$1,fd=\([0-9]*\).*ino:\([0-9]*\).*/\1 \2/p"
}
# half_of NAME : the pids and descriptors from the program to the socket, as /proc and ss tell them
half_of() {
    local cat socat terminal tcp
    cat=$(pid_in "$1" cat) socat=$(pid_in "$1" socat) tcp=$(tcp_of "$(pid_in "$1" socat)")
    terminal=$(docker exec "$1" /bin/readlink /dev/ptty0)
    echo "program $1 $cat/$(fds_of "$cat" "$terminal") on $terminal"
    echo "master $1 $socat/$(fds_of "$socat" '*ptmx'), slave kept by $socat/$(fds_of "$socat" "$terminal")"
    echo "relay $1 $socat/$(fds_of "$socat" '*ptmx') and $socat/${tcp% *}"
    echo "socket $1 $socat/$tcp"
}

# The same of an answer.
# shellcheck disable=SC2016 # the dollars are jq's
halves='
def in_it: .container.name;
def program: [.holders[] | select(.comm == "cat")][0];
def half($pty; $relay; $tcp):
    ($pty | if .near.type == "slave" then {s: .near, m: .far} else {s: .far, m: .near} end) as {$s, $m}
    | ($s | program) as $p
    | "program \($p | in_it) \($p.pid)/\($p.fd) on \($s.name)",
      "master \($m.holders[0] | in_it) \($m.holders | map("\(.pid)/\(.fd)") | join(" ")), slave kept by \(
          $s.holders | map(select(.comm == "socat") | "\(.pid)/\(.fd)") | join(" "))",
      ($relay | [.before, .after] | sort_by(.[0].fd == $tcp.holders[0].fd) | flatten
          | "relay \(.[0] | in_it) \(map("\(.pid)/\(.fd)") | join(" and "))"),
      "socket \($tcp.holders[0] | in_it) \($tcp.holders[0].pid)/\($tcp.holders[0].fd) \($tcp.inode)";
'
expect_path() { # FROM TO
    local answer=$work/answer address=() name
    "$otherend" path "container:$1:/dev/ptty0" -o json >"$answer"
    expect_same "number of paths, hops in each, final ends" "1 5 final final" \
        "$(jq -r '[(.paths | length), (.paths[] | (.hops | length), .front.reason, .back.reason)] | join(" ")' "$answer")"
    expect_same "hops from $1 to $2" "$(half_of "$1"; half_of "$2" | tac)" "$(jq -r "$halves"'
        .paths[0].hops
        | [half(.[0].channel; .[1].relay; .[2].channel.near)],
          ([half(.[4].channel; .[3].relay; .[2].channel.far)] | reverse) | .[]' "$answer")"
    for name in "$1" "$2"; do
        address+=("$(nsenter --net --target "$(pid_in "$name" socat)" ss --tcp --numeric --no-header \
            state established | awk '{ print $3 }')")
    done
    expect_same "channels" "pty tty connected, tcp sequence connected, pty tty connected" \
        "$(jq -r '[.paths[0].hops[].channel // empty | "\(.near.kind) \(.method) \(.state)"] | join(", ")' "$answer")"
    expect_same "addresses" "${address[*]}" \
        "$(jq -r '.paths[0].hops[2].channel | "\(.near.local) \(.far.local)"' "$answer")"
    expect_same "evidence" "inferred inferred" \
        "$(jq -r '[.paths[0].hops[].relay // empty | .evidence] | join(" ")' "$answer")"
    echo "--- otherend path container:$1:/dev/ptty0"
    "$otherend" path "container:$1:/dev/ptty0"
}

parent_of() { ps -o ppid= -p "$1" | tr -d ' '; }
listens() { nsenter --net --target "$(pid_in "$1" socat)" ss --tcp --listening --numeric | grep -q ":$2"; }

serial_end server1 tcp-listen:1234
wait_for "listener of server1" listens server1 1234
serial_end server2 "tcp:$(address_of server1):1234"
expect_line server1 server2

# With --tty, pts/0 is the container's console, of which containerd-shim has the master, and the line is on pts/1.
serial_end terminal1 tcp-listen:1234 --tty
wait_for "listener of terminal1" listens terminal1 1234
serial_end terminal2 "tcp:$(address_of terminal1):1234" --tty
expect_line terminal1 terminal2

# expect_pty CONTAINER INDEX MASTER SLAVE... : who holds which end of that terminal, by pid
expect_pty() {
    "$otherend" list "container:$1:/dev/pts/$2" -o json >"$work/answer"
    expect_same "holders of pts/$2 in $1" "master $3 slave $(printf '%s\n' "${@:4}" | sort -n | paste -sd' ')" "$(
        jq -r '[.endpoints | sort_by(.type)[] | .type, ([.holders[].pid] | unique[])] | join(" ")' "$work/answer")"
}
for name in server1 server2; do
    socat=$(pid_in "$name" socat)
    expect_pty "$name" 0 "$socat" "$socat" "$(pid_in "$name" cat)"
done
for name in terminal1 terminal2; do
    socat=$(pid_in "$name" socat)
    expect_pty "$name" 0 "$(parent_of "$socat")" "$socat"
    expect_pty "$name" 1 "$socat" "$socat" "$(pid_in "$name" cat)"
done

# Four terminals pts/0 and two pts/1, side by side: lsof joins those of one index, lsfd none.
pids=()
for name in server1 server2 terminal1 terminal2; do
    socat=$(pid_in "$name" socat)
    pids+=("$socat" "$(pid_in "$name" cat)" "$(parent_of "$socat")")
done
list=$(IFS=,; echo "${pids[*]}")
echo "--- lsof +E"
lsof +E -a -p "$list" -d 0-99 2>/dev/null | grep -E 'COMMAND|/dev/pts|ptmx' || true
echo "--- lsfd"
lsfd --pid "$list" --output COMMAND,PID,ASSOC,MAJ:MIN,INODE,NAME | grep -E 'COMMAND|/dev/pts|ptmx' || true
echo "--- otherend list --kind pty"
"$otherend" list container:server1 container:server2 container:terminal1 container:terminal2 --kind pty
