/* SPDX-License-Identifier: MIT */
/* The light skeletons behind functions: bpftool's generated headers are C, not C++. */
#ifndef OTHEREND_KERNEL_LIGHT_H
#define OTHEREND_KERNEL_LIGHT_H

#ifdef __cplusplus
extern "C" {
#endif

/* An iter/unix program and its maps. The descriptors are the caller's. */
struct oe_light_pass {
    int program_fd;
    int ring_fd;
    int pass_map_fd;
};

struct oe_light_channels {
    int descriptors_fd;
    int tcp_fd;
    int udp_fd;
};

/* Each loads through the kernel's own loader and returns 0 or a negative errno. Sizes in bytes. */
int oe_light_load_snapshot(int* holders_fd, struct oe_light_pass* sockets, unsigned int ring_size);
int oe_light_load_details(struct oe_light_pass* details, unsigned int ring_size);
int oe_light_load_channels(struct oe_light_channels* channels);

#ifdef __cplusplus
}
#endif

#endif
