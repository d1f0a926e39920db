/* SPDX-License-Identifier: MIT */
#include "kernel/light.h"

#include <errno.h> /* the generated headers use it and do not include it */

#include "channels.lskel.h"
#include "details.lskel.h"
#include "snapshot.lskel.h"

/* Hands a descriptor over to the caller: destroy() closes what is positive. */
static int take(int* fd) {
    int taken = *fd;

    *fd = 0;
    return taken;
}

int oe_light_load_snapshot(int* holders_fd, struct oe_light_pass* sockets, unsigned int ring_size) {
    struct oe_snapshot_light* skeleton = oe_snapshot_light__open();
    int error;

    if (!skeleton)
        return errno ? -errno : -EINVAL;
    skeleton->maps.ring.max_entries = ring_size;
    error = oe_snapshot_light__load(skeleton);
    if (!error) {
        *holders_fd = take(&skeleton->progs.holders.prog_fd);
        sockets->program_fd = take(&skeleton->progs.sockets.prog_fd);
        sockets->ring_fd = take(&skeleton->maps.ring.map_fd);
        sockets->pass_map_fd = take(&skeleton->maps.pass_map.map_fd);
    }
    oe_snapshot_light__destroy(skeleton);
    return error;
}

int oe_light_load_details(struct oe_light_pass* details, unsigned int ring_size) {
    struct oe_details_light* skeleton = oe_details_light__open();
    int error;

    if (!skeleton)
        return errno ? -errno : -EINVAL;
    skeleton->maps.ring.max_entries = ring_size;
    error = oe_details_light__load(skeleton);
    if (!error) {
        details->program_fd = take(&skeleton->progs.details.prog_fd);
        details->ring_fd = take(&skeleton->maps.ring.map_fd);
        details->pass_map_fd = take(&skeleton->maps.pass_map.map_fd);
    }
    oe_details_light__destroy(skeleton);
    return error;
}

int oe_light_load_channels(struct oe_light_channels* channels) {
    struct oe_channels_light* skeleton = oe_channels_light__open();
    int error;

    if (!skeleton)
        return errno ? -errno : -EINVAL;
    error = oe_channels_light__load(skeleton);
    if (!error) {
        channels->descriptors_fd = take(&skeleton->progs.descriptors.prog_fd);
        channels->tcp_fd = take(&skeleton->progs.tcp_sockets.prog_fd);
        channels->udp_fd = take(&skeleton->progs.udp_sockets.prog_fd);
    }
    oe_channels_light__destroy(skeleton);
    return error;
}
