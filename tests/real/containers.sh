#!/bin/bash
# SPDX-License-Identifier: MIT
# Where does a process run? Docker and Podman start busybox; what they themselves say of it is the truth.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/lib.sh"
need dockerd docker podman runc conmon busybox nsenter jq

where=$otherend           # not the binary, but the program beside this script
root=$work/root           # where the runtimes keep their files, as a host of its own would
only_api=$work/only-api   # a host that has but Docker's socket
nothing=$work/nothing
mkdir -p "$root/run" "$only_api/run" "$nothing"

docker=(docker --host "unix://$root/run/docker.sock")
# crun 1.8 refuses hosts with both cgroup hierarchies (seen here), runc does not.
podman=(podman --cgroup-manager=cgroupfs --events-backend=none --runtime runc --tmpdir "$work/podman")
export CONTAINERS_STORAGE_CONF=$work/storage.conf HOME=$work
cgroup=/otherend-real-$$

made=() # folders that the runtimes make and leave
for folder in /run/docker /run/containerd /run/runc /run/crun /run/libpod /run/containers /var/lib/containers; do
    [[ -e $folder ]] || made+=("$folder")
done

on_exit() {
    "${docker[@]}" rm --force plain sibling
    "${podman[@]}" rm --all --force --time 0
    kill "$daemon" # it ends its containerd and removes its mounts
    wait "$daemon"
    find /sys/fs/cgroup -depth -type d \( -path "*$cgroup*" -o -path '*/libpod_parent*' -o -name docker \) -exec rmdir {} \;
    [[ " ${made[*]} " != *" /var/lib/containers "* ]] || rm -rf /var/lib/containers/cache
    ((${#made[@]} == 0)) || find "${made[@]}" -depth -type d -empty -delete
} &>/dev/null

dockerd --data-root "$root/var/lib/docker" --exec-root "$work/exec" --pidfile "$work/pid" \
    --host "unix://$root/run/docker.sock" --storage-driver vfs --bridge none --iptables=false --ip6tables=false \
    --exec-opt native.cgroupdriver=cgroupfs >"$work/server.log" 2>&1 &
daemon=$!
wait_for "answer from dockerd" "${docker[@]}" version
ln -s "$root/run/docker.sock" "$only_api/run/docker.sock"

mkdir -p "$work/image/bin"
cp "$(command -v busybox)" "$work/image/bin/"
for applet in sh sleep ln; do ln -s busybox "$work/image/bin/$applet"; done
tar --directory "$work/image" --create . | "${docker[@]}" import - box:1 >/dev/null

# expect_place WHAT HOST PID LINE...: that `where` says these lines of the process
expect_place() {
    expect_same "$1" "$(printf '%s\n' "${@:4}")" "$("$where" "$2" "$3")"
}

# Under Docker's own cgroup, which tells the runtime, and under another, which does not.
"${docker[@]}" run --detach --tty --name plain --network none box:1 /bin/sleep 1000 >/dev/null
"${docker[@]}" run --detach --name sibling --network none --cgroup-parent "$cgroup" box:1 /bin/sleep 1000 >/dev/null
for name in plain sibling; do
    pid=$("${docker[@]}" inspect --format '{{.State.Pid}}' "$name")
    id=$("${docker[@]}" inspect --format '{{.Id}}' "$name")
    known=("runtime docker" "id $id" "name $name" "image box:1" "own_pid 1")
    expect_place "$name by files" "$root" "$pid" "${known[@]}"
    expect_place "$name by the API" "$only_api" "$pid" "${known[@]}"
done
expect_place "sibling by its cgroup" "$nothing" "$pid" "runtime " "id $id" "name " "image " "own_pid 1"
if "$where" "$root" $$ | grep ^own_pid; then
    fail "this script is said to be in another pid namespace"
fi

# A link in a container leads to that container's terminal.
pid=$("${docker[@]}" inspect --format '{{.State.Pid}}' plain)
"${docker[@]}" exec plain /bin/ln -s /dev/pts/0 /dev/ptty0
truth=$(nsenter --mount --target "$pid" /bin/busybox stat -c '%d %i' /dev/pts/0)
expect_same "/dev/ptty0" "$truth" "$("$where" --path "$pid" /dev/ptty0)"

cat >"$work/storage.conf" <<EOF
[storage]
driver = "vfs"
graphroot = "$root/var/lib/containers/storage"
runroot = "$root/run/containers/storage"
EOF
limits=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024) # the defaults are more than this host may have
tar --directory "$work/image" --create . | "${podman[@]}" import - box:1 &>>"$work/server.log"
"${podman[@]}" run --detach "${limits[@]}" --name ponder --network none box:1 /bin/sleep 1000 >/dev/null
"${podman[@]}" run --detach "${limits[@]}" --rm --name fleeting --network none box:1 /bin/sleep 1000 >/dev/null
for name in ponder fleeting; do
    pid=$("${podman[@]}" inspect --format '{{.State.Pid}}' "$name")
    id=$("${podman[@]}" inspect --format '{{.Id}}' "$name")
    expect_place "$name by files" "$root" "$pid" "runtime podman" "id $id" "name $name" "image localhost/box:1" \
        "own_pid 1"
    expect_place "$name by its cgroup" "$nothing" "$pid" "runtime podman" "id $id" "name " "image " "own_pid 1"
    read -r _ _ _ conmon _ <"/proc/$pid/stat"
    if "$where" "$root" "$conmon" | grep "$id"; then
        fail "conmon is said to run in the container it watches"
    fi
done
