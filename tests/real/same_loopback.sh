#!/bin/bash
# SPDX-License-Identifier: MIT
# Two containers that each run a server and a client on 127.0.0.1, with the same port of the server and of the client:
# every name and number of the connection is there twice, and what belongs to one container never shows in the other.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/host.sh"
need socat ss

start_docker
make_image socat
for name in one two; do
    docker run --detach --name "$name" --network none box:1 /bin/socat tcp-listen:7000,bind=127.0.0.1 exec:'/bin/sleep 1000' >/dev/null
    wait_for "listener in $name" in_net_of "$name" ss --listening "sport = 7000"
    docker exec --detach "$name" /bin/socat tcp:127.0.0.1:7000,sourceport=7001 exec:'/bin/sleep 1000'
    wait_for "connection in $name" in_net_of "$name" ss "sport = 7001"
done

# edges_of CONTAINER : "pid/fd local -> pid/fd local" of each end, as ss in its network namespace says
edges_of() {
    in_net_of "$1" ss state established | awk '
        { match($0, /pid=[0-9]+,fd=[0-9]+/); split(substr($0, RSTART, RLENGTH), at, /[=,]/)
          holder[$3] = at[2] "/" at[4]; remote[$3] = $4 }
        END { for (local in holder) print holder[local], local, "->", holder[remote[local]], remote[local] }' | sort
}
for name in one two; do
    expected=$(edges_of "$name")
    [[ $(wc -l <<<"$expected") == 2 ]] || fail "ss shows other than two ends in $name"
    for source in bpf diag; do
        "$otherend" list "container:$name" --kind tcp --state connected --source "$source" -o json >"$work/answer"
        expect_same "edges in $name by $source" "$expected" "$(jq -r '.endpoints[] | .local as $local
            | (.holders | map("\(.pid)/\(.fd)") | join(" ")) as $here
            | .peers[] | "\($here) \($local) -> \(.holders | map("\(.pid)/\(.fd)") | join(" ")) \(.local)"' \
            "$work/answer" | sort)"
    done
    expect_same "method in $name" "tuple" "$(jq -r '[.endpoints[].peers[].method] | unique[]' "$work/answer")"
    "$otherend" path "container:$name" -o json >"$work/answer"
    expect_same "containers on a path from $name" "$name" "$(jq -r '
        .paths[].hops[].channel // empty | .near, .far | .holders[]?.container.name // empty' "$work/answer" | sort -u)"
    echo "--- otherend list container:$name --kind tcp "
    "$otherend" list "container:$name" --kind tcp
done
