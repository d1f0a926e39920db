// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who holds a socket, and what is it joined to? One pass over every descriptor of every process. */
#ifdef OE_COMPAT
#include "unix_socket.h" /* no iter/unix: sockets are read where their descriptors are met */
#else
#include "walk.h"
#include <otherend/record.h>
#endif

#define AF_UNIX 1
#define SOCKFS_MAGIC 0x534F434B
#define ANON_INODE_FS_MAGIC 0x09041934

SEC("iter/task_file")
int holders(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file)
		return 0;

	unsigned long magic = READ(file, f_inode, i_sb, s_magic);

	if (magic == ANON_INODE_FS_MAGIC) {
		struct oe_ring record = {
			.header = {OE_RING, sizeof(record)},
			.tgid = READ(task, tgid),
			.tid = READ(task, pid),
			.fd = ctx->fd,
		};
		bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
	}
	if (magic != SOCKFS_MAGIC)
		return 0;

#ifdef OE_COMPAT /* bpf_sock_from_file() came with Linux 5.11 */
	struct socket *socket = READ(file, private_data);
#else
	struct socket *socket = bpf_sock_from_file(file);
#endif
	struct sock *sk = socket ? READ(socket, sk) : NULL;

	if (!sk || READ(sk, __sk_common.skc_family) != AF_UNIX)
		return 0;

	struct oe_holder record = {
		.header = {OE_HOLDER, sizeof(record)},
		.tgid = READ(task, tgid),
		.tid = READ(task, pid),
		.fd = ctx->fd,
		.uid = READ(task, cred, euid.val),
		.files = (__u64)READ(task, files),
		.sock = (__u64)sk,
		.inode = READ(file, f_inode, i_ino),
		.peer = (__u64)BPF_CORE_READ((struct unix_sock *)sk, peer),
		.task_netns = READ(task, nsproxy, net_ns, ns.inum),
		.sock_netns = READ(sk, __sk_common.skc_net.net, ns.inum),
	};
	struct task_struct *leader = READ(task, group_leader);

	BPF_CORE_READ_STR_INTO(&record.comm, leader, comm);
	bpf_seq_write(ctx->meta->seq, &record, sizeof(record));
#ifdef OE_COMPAT
	emit_socket(ctx->meta->seq, (struct unix_sock *)sk);
#endif
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
