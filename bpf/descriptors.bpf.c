// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who holds a TCP or UDP socket, an end of a pty or of a pipe? One pass over every descriptor of every process. */
#include "holder.h"
#include "inet_socket.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000 /* only the compat object looks at it */
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define FMODE_READ 1
#define FMODE_WRITE 2
#define AF_INET 2
#define TCP_CLOSE 7
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_MPTCP 262
#define PIPEFS_MAGIC 0x50495045
#define TTYAUX_MAJOR 5 /* /dev/tty, /dev/console, /dev/ptmx */
#define UNIX98_PTY_SLAVE_MAJOR 136
#define UNIX98_PTY_SLAVE_LAST 143
#define MAJOR(device) ((device) >> 20)
#define PTMX (TTYAUX_MAJOR << 20 | 2)

/* What was loaded from the context once, and found to be there. */
struct descriptor {
	struct seq_file *seq;
	struct task_struct *task;
	struct file *file;
	__u32 fd;
};

static __always_inline struct socket_alloc___channel *inode_of_file(struct file___channel *file)
{
	return (void *)around_inode(READ(file, f_inode));
}

static __always_inline void emit_holder(struct descriptor *d, struct oe_holder *record)
{
	read_task(record, d->task, d->fd);
	bpf_seq_write(d->seq, record, sizeof(*record));
}

static __always_inline __u16 format_of(struct socket_alloc___channel *inode)
{
	return BPF_CORE_READ(inode, vfs_inode.i_mode) & S_IFMT;
}

/* None, if it is an O_PATH descriptor of a bound path. */
static __always_inline struct socket *socket_of(struct file *file)
{
#ifdef OE_COMPAT /* bpf_sock_from_file() came with Linux 5.11 */
	struct socket *socket = BPF_CORE_READ(file, private_data);
	bool is_socket = format_of(inode_of_file((void *)file)) == S_IFSOCK;

	/* Of no other file with such an inode is the socket's file this one. */
	return is_socket && socket && READ(as_allocated(socket), socket.file) == file ? socket : NULL;
#else
	return bpf_sock_from_file(file);
#endif
}

/* A TCP socket that is closed, or an UDP one without a port, is in no table that an iterator goes through. */
static __always_inline bool is_unlisted(struct sock___inet *sk, __u8 state, __u16 protocol)
{
	return state == TCP_CLOSE && (protocol != IPPROTO_UDP || !READ(sk, __sk_common.skc_num));
}

static __always_inline void emit_unlisted(struct descriptor *d, struct sock___inet *sk, __u8 what)
{
	struct oe_inet out = {.what = what, .uid = READ(sk, sk_uid.val)};

	read_common(&out, sk);
	read_owner(&out, sk);
	/* skc_num is given back with the port, this stays, and getsockname() tells it. */
	out.local_port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	read_cgroup(&out, sk);
	bpf_seq_write(d->seq, &out, sizeof(out));
}

/*
 * Of MPTCP a process holds the connection, which no table lists. Its subflows are TCP sockets that bear the same inode
 * (mptcp_sock_graft() in net/mptcp/protocol.h).
 */
static __always_inline bool is_told(__u16 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_MPTCP;
}

static __always_inline void emit_socket_holder(struct descriptor *d, struct socket *socket)
{
	struct sock *sk = READ(as_allocated(socket), socket.sk);
	struct sock___inet *inet = (void *)sk;

	if (!sk)
		return;

	__u16 family = READ(sk, __sk_common.skc_family);
	__u16 protocol = READ(inet, sk_protocol);

	if (family != AF_INET && family != AF_INET6)
		return;
	if (!is_told(protocol))
		return;

	struct oe_holder record = {
		.sock = (__u64)sk,
		.inode = inode_of_open(sk, socket),
		.sock_netns = READ(sk, __sk_common.skc_net.net, ns.inum),
		.what = protocol == IPPROTO_UDP ? OE_UDP : OE_TCP,
		.state = READ(sk, __sk_common.skc_state),
	};

	read_task(&record, d->task, d->fd);
	if (is_unlisted(inet, record.state, protocol))
		emit_unlisted(d, inet, record.what);
	bpf_seq_write(d->seq, &record, sizeof(record));
}

/* The end comes before its holder. The address of a pipe's write end is one more than the pipe's. */
static __always_inline void emit_pipe_end(struct descriptor *d, struct pipe_inode_info *pipe,
					  struct socket_alloc___channel *inode, bool writes)
{
	struct task_struct *task = d->task;
	struct oe_pipe end = {
		.header = {OE_PIPE, sizeof(end)},
		.pipe = (__u64)pipe,
		.inode = BPF_CORE_READ(inode, vfs_inode.i_ino),
		.tgid = READ(task, tgid),
		.fd = d->fd,
		.device = BPF_CORE_READ(inode, vfs_inode.i_sb, s_dev),
		.type = writes ? OE_WRITE : OE_READ,
		.is_fifo = BPF_CORE_READ(inode, vfs_inode.i_sb, s_magic) != PIPEFS_MAGIC,
	};
	struct oe_holder record = {
		.sock = end.pipe + writes,
		.inode = end.inode,
		.type = end.type,
		.what = OE_A_PIPE,
	};

	if (writes ? BPF_CORE_READ(pipe, readers) : BPF_CORE_READ(pipe, writers))
		end.flags |= OE_END_OTHER_OPEN;
	bpf_seq_write(d->seq, &end, sizeof(end));
	emit_holder(d, &record);
}

static __always_inline void emit_pipe(struct descriptor *d)
{
	struct file___channel *file = (void *)d->file;
	struct socket_alloc___channel *inode = inode_of_file(file);
	struct pipe_inode_info *pipe = BPF_CORE_READ(inode, vfs_inode.i_pipe);
	__u32 mode = READ(file, f_mode);

	if (!pipe || READ(file, private_data) != (void *)pipe) /* O_PATH */
		return;
	if (mode & FMODE_READ)
		emit_pipe_end(d, pipe, inode, false);
	if (mode & FMODE_WRITE)
		emit_pipe_end(d, pipe, inode, true);
}

/* driver_data of a slave is its dentry in devpts (ptmx_open() in drivers/tty/pty.c). */
static __always_inline __u32 devpts_of(struct tty_struct *slave)
{
	struct dentry *dentry = BPF_CORE_READ(slave, driver_data);

	struct socket_alloc *inode = around_inode(BPF_CORE_READ(dentry, d_inode));

	return BPF_CORE_READ(inode, vfs_inode.i_sb, s_dev);
}

/*
 * Of all terminals only ptys have a link, and only the master is opened through a ptmx. The task is read first, for
 * the types of terminals share slots with its credentials and with sockets, see docs/adr/0003-few-root-types.md.
 */
static __always_inline void emit_pty(struct descriptor *d, bool is_master)
{
	struct oe_holder record = {.type = is_master ? OE_MASTER : OE_SLAVE, .what = OE_A_PTY};
	struct file *file = d->file;
	struct tty_file_private *private = READ(file, private_data);

	read_task(&record, d->task, d->fd);
	if (!private || BPF_CORE_READ(private, file) != file) /* no terminal */
		return;

	struct tty_struct *tty = BPF_CORE_READ(private, tty);
	struct tty_struct *link = BPF_CORE_READ(tty, link);

	if (!link)
		return;

	struct oe_pty end = {
		.header = {OE_PTY, sizeof(end)},
		.tty = (__u64)tty,
		.link = (__u64)link,
		.index = BPF_CORE_READ(tty, index),
		.device = devpts_of(is_master ? link : tty),
		.type = record.type,
	};

	if (BPF_CORE_READ(link, count) >
	    is_master) /* the master counts as one more use of its slave (tty_release()) */
		end.flags |= OE_END_OTHER_OPEN;
	record.sock = end.tty;
	record.peer = end.link;
	bpf_seq_write(d->seq, &end, sizeof(end));
	bpf_seq_write(d->seq, &record, sizeof(record));
}

static __always_inline bool may_be_pty(__u32 device)
{
	__u32 major = MAJOR(device);

	return major == TTYAUX_MAJOR || (major >= UNIX98_PTY_SLAVE_MAJOR && major <= UNIX98_PTY_SLAVE_LAST);
}

SEC("iter/task_file")
int descriptors(struct bpf_iter__task_file *ctx)
{
	struct descriptor d = {ctx->meta->seq, ctx->task, ctx->file, ctx->fd};

	if (!d.task || !d.file)
		return 0;

	struct socket *socket = socket_of(d.file);

	if (socket) {
		emit_socket_holder(&d, socket);
		return 0;
	}

	struct socket_alloc___channel *inode = inode_of_file((void *)d.file);
	__u16 format = format_of(inode);

	if (format == S_IFIFO)
		emit_pipe(&d);
	if (format != S_IFCHR)
		return 0;

	__u32 device = BPF_CORE_READ(inode, vfs_inode.i_rdev);

	if (may_be_pty(device))
		emit_pty(&d, device == PTMX);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
