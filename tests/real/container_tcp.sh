#!/bin/bash
# SPDX-License-Identifier: MIT
# A container without tools, as one finds it: what its connections are is in /proc/net/tcp and tcp6 of its network
# namespace. Those two are decoded here by themselves, and must be what otherend lists, row for row.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/host.sh"
need socat ss python3

start_docker
make_image socat
docker network create --ipv6 --subnet fd00:7e57::/64 shop >/dev/null
docker run --detach --name db --network shop box:1 /bin/socat tcp-listen:3306,fork,reuseaddr exec:/bin/cat >/dev/null
wait_for "listener in db" in_net_of db ss --listening "sport = 3306"
docker run --detach --name web --network shop --publish 3000 box:1 \
    /bin/socat tcp4-listen:3000,fork,reuseaddr exec:/bin/cat >/dev/null
wait_for "listener in web" in_net_of web ss --listening "sport = 3000"

db=$(address_of db) web=$(address_of web)
docker exec --detach web /bin/socat tcp6-listen:8080,fork,reuseaddr,ipv6only=0 exec:/bin/cat
wait_for "listener on both" in_net_of web ss --listening "sport = 8080"
for _ in 1 2 3; do docker exec --detach web /bin/socat "tcp:$db:3306" exec:'/bin/sleep 1000'; done
three_to_db() { (($(in_net_of web ss "dport = 3306" | wc -l) == 3)); }
wait_for "connections to db" three_to_db
# A client of each listener; that of the second comes by IPv4, so its accepted end is ::ffff:172...
docker exec --detach db /bin/socat "tcp:$web:3000" exec:'/bin/sleep 1000'
docker exec --detach db /bin/socat "tcp:$web:8080" exec:'/bin/sleep 1000'
wait_for "client of 3000" in_net_of web ss "sport = 3000"
wait_for "client of 8080" in_net_of web ss "sport = 8080"
# Who closes first keeps TIME_WAIT: the clients in web.
for _ in 1 2; do docker exec web /bin/sh -c "/bin/socat -u OPEN:/dev/null 'tcp:$db:3306'"; done
waits_two() { (($(nsenter --net --target "$(main_pid web)" ss --tcp --numeric --no-header state time-wait | wc -l) == 2)); }
wait_for "two in TIME_WAIT" waits_two

# Local address, remote address, state, uid, inode; the last two are 0 in TIME_WAIT. An IPv4-mapped address is IPv4.
cat >"$work/decode.py" <<'PYTHON'
import ipaddress, sys
STATES = " established syn_sent syn_recv fin_wait1 fin_wait2 time_wait close close_wait last_ack listen closing new_syn_recv".split(" ")
def endpoint(text):
    digits, port = text.split(":")
    words = [digits[i:i + 8] for i in range(0, len(digits), 8)]  # each as the machine stores it
    raw = b"".join(int(word, 16).to_bytes(4, sys.byteorder) for word in words)
    address = ipaddress.ip_address(raw)
    address = getattr(address, "ipv4_mapped", None) or address
    return (f"[{address}]" if address.version == 6 else str(address)) + ":" + (str(int(port, 16)) if int(port, 16) else "*")
for path in sys.argv[1:]:
    for row in open(path).read().splitlines()[1:]:
        field = row.split()
        state = STATES[int(field[3], 16)]
        remote = "-" if state == "listen" else endpoint(field[2])
        print(endpoint(field[1]), remote, state, field[7], field[9])
PYTHON
pid=$(main_pid web)
decode() { python3 "$work/decode.py" "/proc/$pid/net/tcp" "/proc/$pid/net/tcp6" | sort; }
listed() {
    "$otherend" list "$1" --kind tcp --source "$2" -o json >"$work/answer"
    jq -r '.endpoints[] | "\(.local) \(.remote // "-") \(.tcp_state) \(.uid // 0) \(.inode // 0)"' "$work/answer" | sort
}
expected=$(decode)
for state in listen established time_wait; do
    grep -q " $state " <<<"$expected" || fail "no $state in the container's files: this test shows nothing"
done
netns=$(stat --dereference --format %i "/proc/$pid/ns/net")
for source in bpf diag proc; do
    expect_same "rows of the namespace by $source" "$expected" "$(listed "netns:$netns" "$source")"
    expect_same "rows of the container by $source" "$expected" "$(listed container:web "$source")"
done

"$otherend" list container:web -o json >"$work/answer"
expect_same "dual-stack listener" true "$(jq '.endpoints[] | select(.local == "[::]:8080") | .dual_stack' "$work/answer")"
expect_same "other ends on 3306" "db db db" "$(
    jq -r '[.endpoints[] | select(.remote // "" | endswith(":3306")) | .peers[]? | .holders[]?.container.name] | join(" ")' "$work/answer")"
echo "--- /proc/$pid/net/tcp and tcp6, decoded"
column -t <<<"$expected"
echo "--- otherend list container:web --kind tcp"
"$otherend" list container:web --kind tcp --columns +tcp_state
