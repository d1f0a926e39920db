/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One unix_sock as a record, with what hangs on its queues. Nothing here holds unix_sock::lock, so a pointer
 * may be stale by the time it is followed: every read is guarded, and the record carries what user space
 * needs to tell a consistent answer from a race (peer_peer, peer_inode, the PEER flags).
 */
#ifndef OTHEREND_UNIX_SOCKET_H
#define OTHEREND_UNIX_SOCKET_H

#include "bound_path.h"
#include "inode.h"

#define AF_UNIX 1
#define TCP_LISTEN 10
#define SOCK_DGRAM 2
#define SOCK_SEQPACKET 5
#define SOCKFS_MAGIC 0x534F434B
#define WQ_FLAG_EXCLUSIVE 0x01
#define ADDRESS_HEAD sizeof(unsigned short) /* sockaddr_un::sun_family */

#define BPF_RB_AVAIL_DATA 0
#define BPF_RB_RING_SIZE 1
#define SCM_MAX_FD 253
#define INFLIGHT_WALK_MAX 1024 /* in the compat object, what one socket gives must fit the 32 KiB seq buffer */
#define QUEUE_WALK_MAX 1024
#define WAITER_WALK_MAX 512

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch_map SEC(".maps");

/*
 * Where records go. iter/unix cannot be read in pieces: measured on Linux 6.18, when a read() ends in the middle
 * of a hash bucket the next one starts at the next bucket, and sockets are lost silently (bpf_iter_unix_seq_stop()
 * in net/unix/af_unix.c leaves st_bucket_done set, where the TCP iterator clears it). So its records go through a ring buffer and one read() runs the whole
 * pass, ending with an oe_end. Buckets for which there was no room are noted, to be read by another pass.
 * iter/task_file resumes where it stopped, so the compat object writes to the seq file.
 */
#ifdef OE_COMPAT
static __always_inline void emit(struct seq_file *seq, void *record, __u32 size)
{
	bpf_seq_write(seq, record, size);
}
#else
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024); /* user space asks for more where there are many sockets */
} ring SEC(".maps");

/* Key 0, written here: the pass so far. Key 1, written by user space: a pass over these lost_buckets only. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct oe_end);
} pass_map SEC(".maps");

static __always_inline struct oe_end *pass_at(__u32 key)
{
	return bpf_map_lookup_elem(&pass_map, &key);
}

static __always_inline bool is_wanted(__u32 bucket)
{
	struct oe_end *wanted = pass_at(1);

	return !wanted || !wanted->lost || wanted->lost_buckets[bucket / 64 % (OE_BUCKETS / 64)] >> bucket % 64 & 1;
}

/* Room for everything but a long queue of descriptors: without it the socket is not even read. */
static __always_inline bool has_room(void)
{
	return bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) + 8 * 1024 < bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE);
}

static __always_inline void emit(struct seq_file *seq, void *record, __u32 size)
{
	struct oe_end *pass = pass_at(0);

	if (!pass)
		return;
	pass->attempted++;
	if (bpf_ringbuf_output(&ring, record, size, 0))
		pass->lost++;
}

static __always_inline void end_pass(struct seq_file *seq)
{
	struct oe_end *pass = pass_at(0);

	if (!pass)
		return;
	pass->header.kind = OE_END;
	pass->header.size = sizeof(*pass);
	bpf_seq_write(seq, pass, sizeof(*pass));
	__builtin_memset(pass, 0, sizeof(*pass)); /* for the next pass */
}
#endif

static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct socket_alloc *inode = around_inode(BPF_CORE_READ(file, f_inode));

	if (BPF_CORE_READ(inode, vfs_inode.i_sb, s_magic) != SOCKFS_MAGIC)
		return NULL;
	/* An O_PATH descriptor of a socket has no private_data and does not keep it open. */
	struct socket_alloc *socket = BPF_CORE_READ(file, private_data);
	return socket ? BPF_CORE_READ(socket, socket.sk) : NULL;
}

/* Starts a walk over a list whose head is a member of u, at its first element. */
static __always_inline void start_walk(struct scratch *s, struct unix_sock *u, __u64 head_offset, void *first)
{
	s->origin = (__u64)u;
	s->head = (__u64)u + head_offset;
	s->at = (__u64)first;
	s->within = 0;
	s->done = false;
}

/* -- descriptors in flight: sk_receive_queue -> skb -> scm_fp_list -> file ------------------------- */

/* Moves to the message behind skb; false if the queue moved meanwhile, so that the walk stops, not strays. */
static __always_inline bool next_message(struct scratch *s, struct sk_buff *skb)
{
	struct sk_buff *next = BPF_CORE_READ(around_message(skb), skb1.next);

	if (!next || ((__u64)next != s->head && BPF_CORE_READ(around_message(next), skb1.prev) != skb))
		return false;
	s->at = (__u64)next;
	s->within = 0;
	return true;
}

static __always_inline void emit_carried(struct walk_context *ctx, struct file *file)
{
	struct sock *sk = sock_of_file(file);

	if (!sk || BPF_CORE_READ(sk, __sk_common.skc_family) != AF_UNIX)
		return;

	struct oe_inflight record = {
		.header = {OE_INFLIGHT, sizeof(record)},
		.carrier = ctx->s->origin,
		.sock = (__u64)sk,
		.inode = inode_of_sock(sk),
	};
	emit(ctx->seq, &record, sizeof(record));
}

WALK_STEP inflight_step(__u32 round, struct walk_context *ctx)
{
	struct scratch *s = ctx->s;
	struct sk_buff *skb = (void *)s->at;

	if (s->at == s->head) {
		s->done = true;
		return 1;
	}
	if (!s->within) {
		struct unix_skb_parms *parms = (void *)skb + bpf_core_field_offset(struct sk_buff_fclones, skb1.cb);

		s->within = (__u64)BPF_CORE_READ(parms, fp);
		s->index = 0;
	}

	struct scm_fp_list *fds = (void *)s->within;
	struct file *file = NULL;
	__u32 index = s->index;

	if (!fds || index >= SCM_MAX_FD || index >= (__u32)BPF_CORE_READ(fds, count))
		return !next_message(s, skb);
	s->index = index + 1;
	bpf_probe_read_kernel(&file, sizeof(file),
			      (void *)fds + bpf_core_field_offset(struct scm_fp_list, fp) + index * sizeof(file));
	if (file)
		emit_carried(ctx, file);
	return 0;
}

static __always_inline void emit_inflight(struct walk_context *ctx, struct unix_sock *u)
{
	start_walk(ctx->s, u, bpf_core_field_offset(struct unix_sock, sk.sk_receive_queue),
		   READ(u, sk.sk_receive_queue.next));
	walk(INFLIGHT_WALK_MAX, inflight_step, ctx);
	if (!ctx->s->done)
		ctx->s->socket.flags |= OE_SOCKET_FDS_CUT;
}

/* -- tasks asleep until there is room: peer_wait ---------------------------------------------------- */

WALK_STEP waiter_step(__u32 round, struct walk_context *ctx)
{
	struct scratch *s = ctx->s;
	struct list_head *node = (void *)s->at;

	if (s->at == s->head) {
		s->done = true;
		return 1;
	}

	struct wait_queue_entry *entry = (void *)node - bpf_core_field_offset(struct wait_queue_entry, entry);
	struct list_head *next = NULL;

	bpf_probe_read_kernel(&next, sizeof(next), &node->next);
	/* unix_wait_for_peer() sleeps exclusively; the relays of connected datagram sockets do not. */
	if (BPF_CORE_READ(entry, flags) & WQ_FLAG_EXCLUSIVE) {
		struct task_struct *task = BPF_CORE_READ(entry, private);
		struct oe_waiter record = {
			.header = {OE_WAITER, sizeof(record)},
			.sock = s->origin,
			.tgid = BPF_CORE_READ(task, tgid),
			.tid = BPF_CORE_READ(task, pid),
		};
		emit(ctx->seq, &record, sizeof(record));
	}

	struct list_head *back = NULL;

	if (!next || bpf_probe_read_kernel(&back, sizeof(back), &next->prev) || back != node)
		return 1;
	s->at = (__u64)next;
	return 0;
}

static __always_inline void emit_waiters(struct walk_context *ctx, struct unix_sock *u)
{
	__u64 offset = bpf_core_field_offset(struct unix_sock, peer_wq.wait.head);
	void *first = READ(u, peer_wq.wait.head.next);

	if (first == (void *)u + offset)
		return;
	start_walk(ctx->s, u, offset, first);
	walk(WAITER_WALK_MAX, waiter_step, ctx);
	if (!ctx->s->done)
		ctx->s->socket.flags |= OE_SOCKET_WAITERS_CUT;
}

/* -- embryos: sk_receive_queue of a listener, each message owned by the socket accept() hands out ----- */

WALK_STEP backlog_step(__u32 round, struct walk_context *ctx)
{
	struct scratch *s = ctx->s;
	struct sk_buff *skb = (void *)s->at;
	struct oe_queued record = {
		.header = {OE_QUEUED, sizeof(record)},
		.listener = s->origin,
	};

	if (s->at == s->head) {
		s->done = true;
		return 1;
	}

	struct sock *embryo = BPF_CORE_READ(around_message(skb), skb1.sk);

	record.embryo = (__u64)embryo;
#ifdef OE_COMPAT /* elsewhere iter/unix reports the embryo itself, with its peer */
	struct sock *client = BPF_CORE_READ((struct unix_sock *)embryo, peer);

	record.client = (__u64)client;
	record.client_inode = client ? inode_of_sock(client) : 0;
#endif
	if (!next_message(s, skb))
		return 1;
	emit(ctx->seq, &record, sizeof(record));
	return 0;
}

static __always_inline void emit_backlog(struct walk_context *ctx, struct unix_sock *u)
{
	start_walk(ctx->s, u, bpf_core_field_offset(struct unix_sock, sk.sk_receive_queue),
		   READ(u, sk.sk_receive_queue.next));
	walk(QUEUE_WALK_MAX, backlog_step, ctx);
	if (!ctx->s->done)
		ctx->s->socket.flags |= OE_SOCKET_BACKLOG_CUT;
}

/* -- the socket itself ------------------------------------------------------------------------------- */

static __always_inline void read_peer(struct oe_socket *out, struct unix_sock *u)
{
	struct unix_sock *peer = (struct unix_sock *)READ(u, peer);

	out->peer = (__u64)peer;
	if (!peer)
		return;

	struct socket *socket = READ(peer, sk.sk_socket);

	out->peer_peer = (__u64)BPF_CORE_READ(peer, peer);
	out->peer_inode = inode_of_open(&peer->sk, socket);
	if (socket)
		out->flags |= OE_SOCKET_PEER_OPEN;
	if (READ(peer, sk.__sk_common.skc_family) == AF_UNIX)
		out->flags |= OE_SOCKET_PEER_UNIX;
}

static __always_inline void read_credentials(struct oe_socket *out, struct unix_sock *u)
{
	struct pid *pid = READ(u, sk.sk_peer_pid);
	const struct cred *cred = READ(u, sk.sk_peer_cred);

	if (!pid || !cred)
		return;
	out->cred_pid = READ(pid, numbers[0].nr);
	out->cred_uid = READ(cred, euid.val);
	out->flags |= OE_SOCKET_CREDENTIALS;
}

WALK_STEP length_step(__u32 round, struct walk_context *ctx)
{
	struct scratch *s = ctx->s;
	void *skb = (void *)s->at;

	if (s->at == s->head) {
		s->done = true;
		return 1;
	}
	s->socket.rx_bytes += BPF_CORE_READ(around_message(skb), skb1.len);
	return !next_message(s, skb);
}

/* What unix_inq_len() says: all that a stream or seqpacket socket holds, but the size of the next datagram. */
static __always_inline void read_received(struct walk_context *ctx, struct unix_sock *u)
{
	struct oe_socket *out = &ctx->s->socket;
	void *first = READ(u, sk.sk_receive_queue.next);

	if (!out->queue_len) {
		out->flags |= OE_SOCKET_RX_KNOWN;
	} else if (out->type == SOCK_DGRAM) {
		out->rx_bytes = BPF_CORE_READ(around_message(first), skb1.len);
		out->flags |= OE_SOCKET_RX_KNOWN;
	} else if (out->type == SOCK_SEQPACKET) {
		start_walk(ctx->s, u, bpf_core_field_offset(struct unix_sock, sk.sk_receive_queue), first);
		walk(QUEUE_WALK_MAX, length_step, ctx);
		if (ctx->s->done)
			out->flags |= OE_SOCKET_RX_KNOWN;
	} else if (bpf_core_field_exists(u->inq_len)) {
		/* Kept since Linux 6.18. Before, each message's unread part would have to be read; sock_diag tells. */
		out->rx_bytes = READ(u, inq_len);
		out->flags |= OE_SOCKET_RX_KNOWN;
	}
}

/* Bytes as SIOCINQ and SIOCOUTQ count them. */
static __always_inline void read_queues(struct walk_context *ctx, struct unix_sock *u)
{
	struct oe_socket *out = &ctx->s->socket;
	int charged = READ(u, sk.sk_wmem_alloc.refs.counter);

	out->queue_len = READ(u, sk.sk_receive_queue.qlen);
	out->tx_bytes = charged > 1 ? charged - 1 : 0; /* sk_alloc() starts the count at 1 */
	if (out->state != TCP_LISTEN)
		read_received(ctx, u);
}

/* Copies sun_path, exactly as given to bind(), to the tail. */
static __always_inline void add_name(struct scratch *s, struct unix_sock *u)
{
	struct unix_address *address = READ(u, addr);

	s->socket.address = (__u64)address;
	if (!address)
		return;

	__u32 len = READ(address, len);
	char *sun_path = (void *)address + bpf_core_field_offset(struct unix_address, name) + ADDRESS_HEAD;

	len -= ADDRESS_HEAD;
	if (len > OE_NAME_MAX)
		return;
	barrier_var(len); /* or clang drops the mask that the verifier needs */
	len &= 127;
	if (!bpf_probe_read_kernel(s->tail, len, sun_path))
		s->end = len;
}

static __always_inline void read_identity(struct oe_socket *out, struct unix_sock *u)
{
	struct socket *socket = READ(u, sk.sk_socket);

	out->sock = (__u64)u;
	out->type = READ(u, sk.sk_type);
	out->state = READ(u, sk.__sk_common.skc_state);
	out->cookie = READ(u, sk.__sk_common.skc_cookie.counter);
	out->max_backlog = READ(u, sk.sk_max_ack_backlog);
	out->netns = READ(u, sk.__sk_common.skc_net.net, ns.inum);
	if (!socket)
		return;
	out->inode = inode_of_open(&u->sk, socket);
	out->flags |= OE_SOCKET_OPEN;
	if (READ(as_allocated(socket), socket.file))
		out->flags |= OE_SOCKET_FILE;
}

/* Writes the record and, before it, one for everything found on the socket's queues. */
static __always_inline void emit_socket(struct seq_file *seq, struct unix_sock *u)
{
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&scratch_map, &zero);
	struct walk_context ctx = {.seq = seq, .s = s};

	if (!s)
		return;
	__builtin_memset(&s->socket, 0, sizeof(s->socket));
	s->end = 0;

	read_identity(&s->socket, u);
	read_peer(&s->socket, u);
	read_credentials(&s->socket, u);
	read_queues(&ctx, u);
	s->socket.inflight_fds = READ(u, scm_stat.nr_fds.counter);

	if (bpf_core_field_exists(u->listener))
		s->socket.listener = (__u64)READ(u, listener);
	else if (s->socket.state == TCP_LISTEN && s->socket.queue_len)
		emit_backlog(&ctx, u);
	if (s->socket.inflight_fds)
		emit_inflight(&ctx, u);
	emit_waiters(&ctx, u);
	add_name(s, u);

	__u32 name_len = s->end;
	__u64 dentry = (__u64)READ(u, path.dentry);
	__u64 vfsmount = (__u64)READ(u, path.mnt);

	if (dentry && vfsmount)
		add_bound_path(&ctx, dentry, vfsmount);

	__u32 tail_len = s->end;

	if (tail_len > OE_NAME_MAX + OE_PATH_MAX)
		return;
	s->socket.name_len = name_len;
	s->socket.path_len = tail_len - name_len;
	s->socket.header.kind = OE_SOCKET;
	s->socket.header.size = sizeof(s->socket) + tail_len;
	barrier_var(tail_len);
	emit(seq, &s->socket, sizeof(s->socket) + (tail_len & TAIL_MASK));
}

#endif
