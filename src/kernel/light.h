/* SPDX-License-Identifier: MIT */
/* The light skeleton behind two functions: bpftool's generated header is C, not C++. */
#ifndef OTHEREND_KERNEL_LIGHT_H
#define OTHEREND_KERNEL_LIGHT_H

#ifdef __cplusplus
extern "C" {
#endif

struct oe_light_programs {
    int holders_fd; /* owned by the caller */
    int sockets_fd;
    int ring_fd;
    int pass_map_fd;
};

/*
 * Loads both programs through the kernel's own loader, with a ring buffer of ring_bytes. Returns 0 or a negative
 * errno.
 */
int oe_light_load(struct oe_light_programs* out, unsigned int ring_bytes);

#ifdef __cplusplus
}
#endif

#endif
