/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One unix_sock as a record, with what hangs on its queues. Nothing here holds unix_sock::lock, so a pointer
 * may be stale by the time it is followed: every read is guarded, and the record carries what user space
 * needs to tell a consistent answer from a race (peer_peer, peer_inode, the PEER flags).
 */
#ifndef OTHEREND_UNIX_SOCKET_H
#define OTHEREND_UNIX_SOCKET_H

#include "socket_queues.h"

#define TCP_LISTEN 10
#define SOCK_DGRAM 2
#define SOCK_SEQPACKET 5
#define ADDRESS_HEAD sizeof(unsigned short) /* sockaddr_un::sun_family */

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch_map SEC(".maps");

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
