#!/bin/bash
# SPDX-License-Identifier: MIT
# Published ports: through docker-proxy, which relays, and by DNAT and masquerade of iptables, where the two ends of a
# connection know each other by other addresses.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/host.sh"
need docker-proxy socat ss

# The host's own address, where containers reach what is published.
ip link add lan type bridge
ip address add 198.51.100.7/24 dev lan
ip link set lan up
host=198.51.100.7

start_containers() { # NETWORK of the client, OPTION of dockerd
    start_docker "${@:2}"
    docker image inspect box:1 &>/dev/null || make_image socat
    for net in front back; do
        docker network inspect "$net" &>/dev/null || docker network create "$net" >/dev/null
    done
    docker run --detach --name web --network front --publish 8000:3000 box:1 \
        /bin/socat tcp-listen:3000,fork exec:'/bin/sleep 1000' >/dev/null
    wait_for "listener in web" in_net_of web ss --listening "sport = 3000"
    docker run --detach --name client --network "$1" box:1 /bin/sleep 1000 >/dev/null
}

# tcp_of PID FILTER : "pid/fd" of each holder of such a connection in the network namespace of the process
tcp_of() {
    nsenter --net --target "$1" ss --tcp --numeric --processes --no-header state established "$2" |
        grep -o 'pid=[0-9]*,fd=[0-9]*' | sed 's/pid=//; s/,fd=/\//'
}
# port_of PID FILTER : the local port of that connection
port_of() {
    nsenter --net --target "$1" ss --tcp --numeric --no-header state established "$2" | awk '{ sub(/.*:/, "", $3); print $3 }'
}

# connect_from_host ADDRESS : a client here; sets client, its pid/fd
connect_from_host() {
    sleep 1000 7<>"/dev/tcp/$1/8000" &
    started+=($!)
    client=$!/7
    wait_for "connection to $1" is_client_of "$1"
}
is_client_of() { tcp_of $$ "dst $1 and dport = 8000" | grep -x "$client"; }

# expect_edge WHAT SOURCE TARGET PID/FD METHOD : the other end of the target, and how it is known
expect_edge() {
    "$otherend" who "$3" --source "$2" -o json >"$work/answer"
    expect_same "$1 by $2: $3 ->" "$4 $5" "$(
        jq -r '.endpoints[].peers[]? | .method as $how | .holders[]? | "\(.pid)/\(.fd) \($how)"' "$work/answer")"
    echo "$1 by $2: $3 -> $4, $5"
}
# expect_both WHAT METHOD : from the client to the server and back, by BPF with that method, and by sock_diag
expect_both() {
    local server
    server=$(server_end)
    expect_edge "$1" bpf "$client" "$server" "$2"
    expect_edge "$1" bpf "$server" "$client" "$2"
    expect_edge "$1" diag "$client" "$server" conntrack
    expect_edge "$1" diag "$server" "$client" conntrack
}

# connect_from_container : the same from one on another network, by the host's address
connect_from_container() {
    docker exec --detach client /bin/socat "tcp:$host:8000" exec:'/bin/sleep 1000'
    wait_for "connection from client" in_net_of client ss state established
    client=$(tcp_of "$(main_pid client)" "dport = 8000")
}
# The end in web of the only connection there.
server_end() { tcp_of "$(main_pid web)" "sport = 3000"; }
disconnect() { # what is connected to web
    docker restart --time 0 web client >/dev/null
    wait_for "listener in web" in_net_of web ss --listening "sport = 3000"
}

# expect_proxied METHOD : docker-proxy stands between the client and the server, and how the client's end is joined to it
expect_proxied() {
    local proxy onward
    proxy=$(tcp_of $$ "sport = 8000") onward=$(tcp_of $$ "dport = 3000")
    expect_same "who took the connection" docker-proxy "$(cat "/proc/${proxy%/*}/comm")"
    "$otherend" path "$client"
    "$otherend" path "$client" -o json >"$work/answer"
    expect_same "path through docker-proxy" "$client $1 $proxy $proxy relay $onward $onward sequence $(server_end)" "$(
        jq -r --arg client "$client" --arg method "$1" 'def at: .[0] | "\(.pid)/\(.fd)";
            def from_client: range(length) as $i | select(.[$i] == $client and .[$i + 1] == $method) | .[$i:$i + 9];
            [.paths[0].hops[] | if .channel then .channel | (.near.holders | at), .method, (.far.holders | at)
                else .relay | (.before | at), "relay", (.after | at) end]
            | (from_client, (reverse | from_client)) | join(" ")' "$work/answer")"
}

echo "--- a client on this host, through docker-proxy"
start_containers back
connect_from_host 127.0.0.1
expect_proxied tuple

echo "--- a client in a container on another network, by the host's address: docker-proxy again"
disconnect
connect_from_container
expect_proxied sequence

echo "--- a client on this host, by its own address: DNAT"
disconnect
connect_from_host "$host"
expect_both "host to $host" sequence

docker rm --force web client >/dev/null
stop_docker
start_containers front --userland-proxy=false

echo "--- a client on this host, without docker-proxy: DNAT and masquerade"
connect_from_host 127.0.0.1
expect_both "host to 127.0.0.1" sequence # of which one end only has a loopback address

echo "--- a client in a container, by the host's address, without docker-proxy: DNAT"
disconnect
connect_from_container
expect_both "container to $host" sequence
