// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who holds a socket, and what is it joined to? One pass over every descriptor of every process. */
#include "holder.h"
#include "inode.h"

/* io_urings have anonymous inodes; their operations are not exported, so user space looks at the names of these. */
static __always_inline void emit_anonymous(struct seq_file *seq, struct task_struct *task, __u32 fd)
{
	struct oe_ring record = {
		.header = {OE_RING, sizeof(record)},
		.tgid = READ(task, tgid),
		.tid = READ(task, pid),
		.fd = fd,
		.uid = READ(task, cred, euid.val),
		.task_netns = READ(task, nsproxy, net_ns, ns.inum),
	};
	struct task_struct *leader = READ(task, group_leader);

	BPF_CORE_READ_STR_INTO(&record.comm, leader, comm);
	bpf_seq_write(seq, &record, sizeof(record));
}

static __always_inline unsigned long magic_of(struct file *file)
{
	struct socket_alloc *inode = around_inode(READ(file, f_inode));

	return BPF_CORE_READ(inode, vfs_inode.i_sb, s_magic);
}

static __always_inline struct socket *socket_of(struct file *file)
{
#ifdef OE_COMPAT /* bpf_sock_from_file() came with Linux 5.11 */
	return magic_of(file) == SOCKFS_MAGIC ? READ(file, private_data) : NULL;
#else
	return bpf_sock_from_file(file);
#endif
}

SEC("iter/task_file")
int holders(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file)
		return 0;

	struct socket *socket = socket_of(file);

	if (!socket) {
		if (magic_of(file) == ANON_INODE_FS_MAGIC)
			emit_anonymous(ctx->meta->seq, task, ctx->fd);
		return 0;
	}

	struct sock *sk = READ(as_allocated(socket), socket.sk);

	if (!sk || READ(sk, __sk_common.skc_family) != AF_UNIX)
		return 0;

	struct oe_holder record = {
		.sock = (__u64)sk,
		.type = READ(sk, sk_type),
		.inode = inode_of_open(sk, socket),
		.peer = (__u64)BPF_CORE_READ((struct unix_sock *)sk, peer),
		.sock_netns = READ(sk, __sk_common.skc_net.net, ns.inum),
	};

	read_task(&record, task, ctx->fd);
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
