/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a descriptor of the current task refers to. */
#ifndef OTHEREND_DESCRIPTOR_H
#define OTHEREND_DESCRIPTOR_H

#include "inode.h"
#include <otherend/record.h>

#define S_IFMT 0170000
#define S_IFIFO 0010000
#define S_IFCHR 0020000
#define S_IFBLK 0060000
#define S_IFREG 0100000
#define S_IFSOCK 0140000

#define MAJOR(rdev) ((rdev) >> 20)
#define MEM_MAJOR 1		  /* /dev/null, zero, urandom */
#define PTMX_DEVICE (5 << 20 | 2) /* TTYAUX_MAJOR */

static __always_inline struct file *file_at(__s32 fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;

	if ((__u32)fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + fd);
	return file;
}

/* Anonymous inodes (eventfd, timerfd) claim to be regular files since Linux 6.15. */
static __always_inline __u32 channel_of(struct socket_alloc *inode)
{
	switch (BPF_CORE_READ(inode, vfs_inode.i_mode) & S_IFMT) {
	case S_IFSOCK:
		return OE_CHANNEL_SOCKET;
	case S_IFIFO:
		return OE_CHANNEL_PIPE;
	case S_IFCHR:
		return MAJOR(BPF_CORE_READ(inode, vfs_inode.i_rdev)) == MEM_MAJOR ? OE_CHANNEL_NONE
										  : OE_CHANNEL_DEVICE;
	case S_IFREG:
	case S_IFBLK:
		return BPF_CORE_READ(inode, vfs_inode.i_sb, s_magic) == ANON_INODE_FS_MAGIC ? OE_CHANNEL_NONE
											    : OE_CHANNEL_FILE;
	default:
		return OE_CHANNEL_NONE;
	}
}

static __always_inline struct oe_descriptor describe(__s32 fd)
{
	struct oe_descriptor described = {.fd = fd};
	struct file *file = file_at(fd);

	if (!file)
		return described;

	struct socket_alloc *inode = around_inode(BPF_CORE_READ(file, f_inode));

	described.channel = channel_of(inode);
	if (described.channel == OE_CHANNEL_DEVICE && BPF_CORE_READ(inode, vfs_inode.i_rdev) == PTMX_DEVICE)
		return described;
	described.inode = BPF_CORE_READ(inode, vfs_inode.i_ino);
	return described;
}

static __always_inline bool is_channel(const struct oe_descriptor *it)
{
	return it->channel >= OE_CHANNEL_SOCKET;
}

/* An answer on the socket that asked is no transfer, whichever of its descriptors it goes through. */
static __always_inline bool is_same(const struct oe_descriptor *a, const struct oe_descriptor *b)
{
	return a->fd == b->fd || (a->inode && a->inode == b->inode && a->channel == b->channel);
}

#endif
