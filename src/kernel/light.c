/* SPDX-License-Identifier: MIT */
#include "kernel/light.h"

#include <errno.h> /* the generated header uses it and does not include it */

#include "snapshot.lskel.h"

/* Hands a descriptor over to the caller: destroy() closes what is positive. */
static int take(int* fd) {
    int taken = *fd;

    *fd = 0;
    return taken;
}

int oe_light_load(struct oe_light_programs* out, unsigned int ring_bytes) {
    struct snapshot_light* skeleton = snapshot_light__open();
    int error;

    if (!skeleton)
        return errno ? -errno : -EINVAL;
    skeleton->maps.ring.max_entries = ring_bytes;
    error = snapshot_light__load(skeleton);
    if (!error) {
        out->holders_fd = take(&skeleton->progs.holders.prog_fd);
        out->sockets_fd = take(&skeleton->progs.sockets.prog_fd);
        out->ring_fd = take(&skeleton->maps.ring.map_fd);
        out->pass_map_fd = take(&skeleton->maps.pass_map.map_fd);
    }
    snapshot_light__destroy(skeleton);
    return error;
}
