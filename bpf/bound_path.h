/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The path a socket is bound to, from dentry and mount to the root of its mount namespace: it follows renames
 * and resolves relative binds. bpf_d_path would need references we do not hold while close() may drop them,
 * so this walks with probe reads and says when it did not arrive.
 */
#ifndef OTHEREND_BOUND_PATH_H
#define OTHEREND_BOUND_PATH_H

#include "walk.h"
#include <otherend/record.h>

#define PATH_DEPTH_MAX 64
#define PATH_MASK 2047 /* OE_PATH_MAX fits */

/*
 * What is under construction. It lives in a map because it outgrows the BPF stack, and because the verifier does
 * not track the values in a map: a walk whose state is here is verified once, not once for every round.
 */
struct scratch {
	__u64 origin; /* the sock whose list is walked */
	__u64 head;   /* where its list ends */
	__u64 at;     /* element the walk has come to */
	__u64 within; /* mount of a dentry, or scm_fp_list of a message */
	__u32 index;  /* in that scm_fp_list */
	__u32 end;    /* bytes of path used */
	__u32 done;   /* the walk reached its end */
	__u32 bucket; /* of the sock in the kernel's table */
	struct oe_detail detail;
	char path[PATH_MASK + 1 + OE_PATH_COMPONENT_MAX + 1];
};

struct walk_context {
	struct seq_file *seq;
	struct scratch *s;
};

/* Appends one component and moves to its parent; crosses into the parent mount at a mount's root. */
WALK_STEP path_step(__u32 round, struct walk_context *ctx)
{
	struct scratch *s = ctx->s;
	struct dentry *dentry = (void *)s->at;
	struct mount *mnt = (void *)s->within;

	if (dentry == BPF_CORE_READ(mnt, mnt.mnt_root)) {
		struct mount *parent = BPF_CORE_READ(mnt, mnt_parent);

		if (parent == mnt || !parent) {
			s->done = true;
			return 1;
		}
		s->at = (__u64)BPF_CORE_READ(mnt, mnt_mountpoint);
		s->within = (__u64)parent;
		return 0;
	}

	struct dentry *up = BPF_CORE_READ(dentry, d_parent);
	__u32 len = BPF_CORE_READ(dentry, d_name.len);
	__u32 end = s->end;

	if (up == dentry || !up || len > OE_PATH_COMPONENT_MAX || end + len + 1 > OE_PATH_MAX)
		return 1; /* detached, stale or too long: the path is not whole */
	barrier_var(len); /* or clang drops the masks that the verifier needs */
	barrier_var(end);
	len &= OE_PATH_COMPONENT_MAX;
	end &= PATH_MASK;
	if (bpf_probe_read_kernel(&s->path[end], len, BPF_CORE_READ(dentry, d_name.name)))
		return 1;
	end = (end + len) & PATH_MASK;
	s->path[end] = 0;
	s->end = end + 1;
	s->at = (__u64)up;
	return 0;
}

/* Fills the path, as far as the walk gets. */
static __always_inline void add_bound_path(struct walk_context *ctx, struct dentry *dentry,
					   struct vfsmount *vfsmount)
{
	struct scratch *s = ctx->s;

	s->at = (__u64)dentry;
	s->within = (__u64)vfsmount - bpf_core_field_offset(struct mount, mnt);
	s->done = false;
	walk(PATH_DEPTH_MAX, path_step, ctx);
	if (s->done)
		s->detail.flags |= OE_DETAIL_PATH_WHOLE;
}

#endif
