# SPDX-License-Identifier: MIT
# A host of its own for tests of containers: a network and a mount namespace in which dockerd runs as it does by
# default, in /run and /var/lib/docker, with its bridges and its rules of iptables. All that ends with the namespaces.
# shellcheck shell=bash source-path=SCRIPTDIR
if [[ -z ${OTHEREND_OWN_HOST-} ]]; then
    OTHEREND_OWN_HOST=yes exec unshare --mount --net "$0" "$@"
fi
source "$(dirname "$0")/lib.sh"
need dockerd docker iptables busybox nsenter jq ldd

mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
ip link set lo up
cgroup=/otherend-real-$$ # parent of the containers', to be removed again
declare daemon=

# start_docker OPTION... : dockerd, until it answers
# shellcheck disable=SC2120 # without options, too
start_docker() {
    dockerd --storage-driver vfs --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent "$cgroup" "$@" \
        >>"$work/server.log" 2>&1 &
    daemon=$!
    wait_for "answer from dockerd" docker version
}

# stop_docker: its containers, then itself with its containerd
stop_docker() {
    local containers
    mapfile -t containers < <(docker ps --all --quiet)
    ((${#containers[@]} == 0)) || docker rm --force "${containers[@]}" >/dev/null
    kill "$daemon" && wait "$daemon"
    daemon=
}

on_exit() {
    [[ -z $daemon ]] || stop_docker
    find /sys/fs/cgroup -depth -type d -path "*$cgroup*" -exec rmdir {} \;
} &>/dev/null

# make_image PROGRAM... : box:1, of busybox, these programs of the host, and the libraries they load
make_image() {
    local program library
    mkdir -p "$work/image/bin" "$work/image/tmp"
    cp "$(command -v busybox)" "$work/image/bin/"
    for program in sh sleep cat readlink nc; do ln -s busybox "$work/image/bin/$program"; done
    for program; do
        cp "$(command -v "$program")" "$work/image/bin/"
        while read -r library; do
            mkdir -p "$work/image${library%/*}"
            cp -n "$library" "$work/image$library"
        done < <(ldd "$(command -v "$program")" | grep -o '/[^ ]*')
    done
    tar --directory "$work/image" --create . | docker import - box:1 >/dev/null
}

# pid_in CONTAINER COMM: as the host sees the process of that name in it, by the kernel's list of its cgroup
pid_in() {
    docker top "$1" -eo pid,comm | awk -v comm="$2" '$2 == comm { print $1 }'
}

address_of() { # CONTAINER
    docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1"
}

main_pid() { # CONTAINER
    docker inspect --format '{{.State.Pid}}' "$1"
}

# in_net_of CONTAINER ss OPTION... : its TCP sockets of that kind, with their holders; fails if there are none
in_net_of() {
    nsenter --net --target "$(main_pid "$1")" "$2" --tcp --numeric --processes --no-header "${@:3}" | grep .
}
