// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Who holds a TCP or UDP socket, an end of a pty or of a pipe? One pass over every descriptor of every process. */
#include "holder.h"
#include "inet_socket.h"

#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define FMODE_READ 1
#define FMODE_WRITE 2
#define AF_INET 2
#define TCP_CLOSE 7
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
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

static __always_inline void emit_holder(struct descriptor *d, struct oe_holder *record)
{
	read_task(record, d->task, d->fd);
	bpf_seq_write(d->seq, record, sizeof(*record));
}

/* A TCP socket that is closed, or an UDP one without a port, is in no table that an iterator goes through. */
static __always_inline void emit_unlisted(struct descriptor *d, struct sock___inet *sk, enum oe_what what)
{
	struct oe_inet out = {.what = what, .uid = BPF_CORE_READ(sk, sk_uid.val)};

	read_common(&out, (void *)sk);
	if (out.state != TCP_CLOSE || (what == OE_UDP && out.local_port))
		return;
	read_owner(&out, sk);
	/* skc_num is given back with the port, this stays, and getsockname() tells it. */
	out.local_port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
	bpf_seq_write(d->seq, &out, sizeof(out));
}

static __always_inline void emit_socket_holder(struct descriptor *d)
{
	struct file *file = d->file;
	struct socket *socket = BPF_CORE_READ(file, private_data);

	/* An O_PATH descriptor of a bound path has none; of no other file is the socket's file this one. */
	if (!socket || READ(as_allocated(socket), socket.file) != file)
		return;

	struct sock *sk = READ(as_allocated(socket), socket.sk);
	__u16 family = READ(sk, __sk_common.skc_family);
	__u16 protocol = BPF_CORE_READ((struct sock___inet *)sk, sk_protocol);

	if (family != AF_INET && family != AF_INET6)
		return;
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return;

	emit_unlisted(d, (struct sock___inet *)sk, protocol == IPPROTO_TCP ? OE_TCP : OE_UDP);

	struct oe_holder record = {
		.sock = (__u64)sk,
		.inode = inode_of_open(sk, socket),
		.sock_netns = READ(sk, __sk_common.skc_net.net, ns.inum),
		.what = protocol == IPPROTO_TCP ? OE_TCP : OE_UDP,
		.state = READ(sk, __sk_common.skc_state),
	};

	emit_holder(d, &record);
}

/* The end comes before its holder. The address of a pipe's write end is one more than the pipe's. */
static __always_inline void emit_pipe_end(struct descriptor *d, struct pipe_inode_info *pipe,
					  struct inode___channel *inode, bool writes)
{
	struct task_struct *task = d->task;
	struct oe_pipe end = {
		.header = {OE_PIPE, sizeof(end)},
		.pipe = (__u64)pipe,
		.inode = BPF_CORE_READ(inode, i_ino),
		.tgid = BPF_CORE_READ(task, tgid),
		.fd = d->fd,
		.device = BPF_CORE_READ(inode, i_sb, s_dev),
		.type = writes ? OE_WRITE : OE_READ,
		.is_fifo = BPF_CORE_READ(inode, i_sb, s_magic) != PIPEFS_MAGIC,
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
	struct inode___channel *inode = BPF_CORE_READ(file, f_inode);
	struct pipe_inode_info *pipe = BPF_CORE_READ(inode, i_pipe);
	__u32 mode = BPF_CORE_READ(file, f_mode);

	if (!pipe || BPF_CORE_READ(file, private_data) != (void *)pipe) /* O_PATH */
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

	return BPF_CORE_READ(dentry, d_inode, i_sb, s_dev);
}

/* Of all terminals only ptys have a link, and only the master is opened through a ptmx. */
static __always_inline void emit_pty(struct descriptor *d, bool is_master)
{
	struct file *file = d->file;
	struct tty_file_private *private = BPF_CORE_READ(file, private_data);

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
		.type = is_master ? OE_MASTER : OE_SLAVE,
	};
	struct oe_holder record = {.sock = end.tty, .peer = end.link, .type = end.type, .what = OE_A_PTY};

	if (BPF_CORE_READ(link, count) >
	    is_master) /* the master counts as one more use of its slave (tty_release()) */
		end.flags |= OE_END_OTHER_OPEN;
	bpf_seq_write(d->seq, &end, sizeof(end));
	emit_holder(d, &record);
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

	struct file___channel *file = (void *)d.file;
	struct inode___channel *inode = BPF_CORE_READ(file, f_inode);
	__u16 mode = BPF_CORE_READ(inode, i_mode) & S_IFMT;

	if (mode == S_IFSOCK)
		emit_socket_holder(&d);
	else if (mode == S_IFIFO)
		emit_pipe(&d);
	if (mode != S_IFCHR)
		return 0;

	__u32 device = BPF_CORE_READ(inode, i_rdev);

	if (may_be_pty(device))
		emit_pty(&d, device == PTMX);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
