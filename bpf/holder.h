/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who holds a descriptor: the part of a record that is about the task. */
#ifndef OTHEREND_HOLDER_H
#define OTHEREND_HOLDER_H

#include "walk.h"
#include <otherend/record.h>

static __always_inline void read_task(struct oe_holder *out, struct task_struct *task, __u32 fd)
{
	struct task_struct *leader = READ(task, group_leader);

	out->header.kind = OE_HOLDER;
	out->header.size = sizeof(*out);
	out->tgid = READ(task, tgid);
	out->tid = READ(task, pid);
	out->fd = fd;
	out->uid = READ(task, cred, euid.val);
	out->files = (__u64)READ(task, files);
	out->task_netns = READ(task, nsproxy, net_ns, ns.inum);
	BPF_CORE_READ_STR_INTO(&out->comm, leader, comm);
}

#endif
