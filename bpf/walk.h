/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Reading and walking. The full objects use direct loads, which the kernel guards, and bpf_loop, which the verifier
 * checks once; the compat objects, for kernels without bpf_loop or iter/unix (before 5.17), use probe reads and short
 * unrolled walks. What a short walk leaves out is flagged, never dropped silently.
 */
#ifndef OTHEREND_WALK_H
#define OTHEREND_WALK_H

/* clang-format off: the types come first, everything else builds on them */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
/* clang-format on */

#ifdef OE_COMPAT
#define READ(p, ...) BPF_CORE_READ(p, __VA_ARGS__) /* READ(p, a, b) is p->a->b */
#define READ_BITS(p, field) BPF_CORE_READ_BITFIELD_PROBED(p, field)
#else
#define READ(p, ...) ___arrow(p, __VA_ARGS__)
#define READ_BITS(p, field) BPF_CORE_READ_BITFIELD(p, field)
#endif

/*
 * Containers to start an access from (kernel_types.h): what an inode, a socket and a message would be
 * part of.
 */
static __always_inline struct socket_alloc *around_inode(const void *inode)
{
	return (void *)inode - bpf_core_field_offset(struct socket_alloc, vfs_inode);
}

static __always_inline struct socket_alloc *as_allocated(struct socket *socket)
{
	return (void *)socket;
}

static __always_inline struct sk_buff_fclones *around_message(const void *skb)
{
	return (void *)skb;
}

/*
 * Calls step(index, state) until it returns non-zero, at most `most` times. In the compat object the bound is
 * the smaller WALK_COMPAT_MAX, because every round is verified anew.
 */
#define WALK_COMPAT_MAX 24
#ifdef OE_COMPAT
#define WALK_STEP static __always_inline long
/* Unrolled: verifiers before Linux 6.7 refuse the back-edge that clang makes of a loop with this body. */
#define walk(most, step, state)                                                                              \
	_Pragma("clang loop unroll(full)") for (int walk_i = 0; walk_i < WALK_COMPAT_MAX;                    \
						walk_i++) if (step(walk_i, state)) break
#else
#define WALK_STEP static long
#define walk(most, step, state) bpf_loop(most, step, state, 0)
#endif

#endif
