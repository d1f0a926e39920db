// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which UNIX sockets are registered with an io_uring? Asked only where its fdinfo does not number them, which it does
 * since Linux 6.14, and read as Linux 5.15 to 6.12 keep them, and 5.10 since it took its io_uring from there. What this
 * does not tell, user space counts.
 */
#include "inode.h"
#include <otherend/record.h>

#define SLOTS_MAX 512
#define NAME "[io_uring]"
#define FILE_FLAGS 7UL /* ~FFS_MASK, in the low bits of a pointer */

static __always_inline bool is_io_uring(struct file *file)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	char name[sizeof(NAME)] = {};

	bpf_probe_read_kernel(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	for (__u32 i = 0; i < sizeof(NAME); i++)
		if (name[i] != NAME[i])
			return false;
	return true;
}

static __always_inline struct file *registered(struct io_ring_ctx *ring, __u32 slot)
{
	struct io_fixed_file *files = BPF_CORE_READ(ring, file_table.files);
	unsigned long file = 0;

	bpf_probe_read_kernel(&file, sizeof(file), (unsigned long *)files + slot);
	return (void *)(file & ~FILE_FLAGS);
}

static __always_inline void emit_registered(struct bpf_iter__task_file *ctx, struct task_struct *task,
					    struct file *file)
{
	struct sock *sk = file ? sock_of_file(file) : NULL;

	if (!sk || BPF_CORE_READ(sk, __sk_common.skc_family) != AF_UNIX)
		return;

	struct oe_ring_file record = {
		.header = {OE_RING_FILE, sizeof(record)},
		.tgid = BPF_CORE_READ(task, tgid),
		.fd = ctx->fd,
		.sock = (__u64)sk,
		.inode = inode_of_sock(sk),
	};
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
}

SEC("iter/task_file")
int rings(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file || !is_io_uring(file))
		return 0;

	struct io_ring_ctx *ring = BPF_CORE_READ(file, private_data);
	__u32 count = BPF_CORE_READ(ring, nr_user_files);

	for (__u32 slot = 0; slot < SLOTS_MAX; slot++) {
		if (slot >= count)
			break;
		emit_registered(ctx, task, registered(ring, slot));
	}
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
