#!/bin/bash
# SPDX-License-Identifier: MIT
# Who talks to docker.sock? A client on the host, and one in a container that got the socket bind-mounted: its
# end and the daemon's accepted end live in the container's network namespace, where the host's ss does not look.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
need dockerd docker nsenter ss jq

socket=$work/docker.sock
docker=(docker --host "unix://$socket")
cgroup=/otherend-real-$$ # parent of the container's, to be removed again

made=() # folders that dockerd makes and leaves
for folder in /run/docker /run/containerd; do
    [[ -e $folder ]] || made+=("$folder")
done

on_exit() {
    "${docker[@]}" rm --force client
    kill "$daemon" # it ends its containerd and removes its mounts
    wait "$daemon"
    find /sys/fs/cgroup -depth -type d -path "*$cgroup*" -exec rmdir {} \;
    ((${#made[@]} == 0)) || find "${made[@]}" -depth -type d -empty -delete
} &>/dev/null

dockerd --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" --host "unix://$socket" \
    --storage-driver vfs --bridge none --iptables=false --ip6tables=false --exec-opt native.cgroupdriver=cgroupfs \
    --cgroup-parent "$cgroup" >"$work/server.log" 2>&1 &
daemon=$!
wait_for "answer from dockerd" "${docker[@]}" version

# An image of two links into the host's /usr is enough to run the docker client.
mkdir "$work/image"
ln -s usr/lib usr/lib64 "$work/image/"
tar --directory "$work/image" --create . | "${docker[@]}" import - client-image >/dev/null
"${docker[@]}" run --detach --name client --network none --volume "$socket:/var/run/docker.sock" \
    --volume /usr:/usr:ro client-image /usr/bin/docker events >/dev/null
inside=$("${docker[@]}" inspect --format '{{.State.Pid}}' client)
"${docker[@]}" events &>/dev/null &
outside=$!
started+=("$outside")

# is_connected PID: as the kernel says when asked in that process's own network namespace
is_connected() {
    nsenter --net --target "$1" ss --unix --processes --no-header state connected | grep -q "pid=$1,"
}
wait_for "connection of the client on the host" is_connected "$outside"
wait_for "connection of the client in the container" is_connected "$inside"

host_ss() { ss --unix --all --processes --no-header | grep -E "$socket|pid=($inside|$outside),"; }
echo "--- ss -xap on the host"
host_ss
echo "--- otherend who $socket"
"$otherend" who "$socket"

"$otherend" who "$socket" -o json >"$work/answer"
expect_same "clients of $socket" "$(printf '%s\n' "$inside" "$outside" | sort -n)" "$(clients_of "$work/answer")"
"$otherend" who "$inside" -o json >"$work/answer"
expect_same "other ends of the container's client" "$daemon" "$(clients_of "$work/answer")"
if host_ss | grep "pid=$inside,"; then
    fail "the host's ss sees the client in the container: this test shows nothing"
fi
