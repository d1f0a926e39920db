/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One unix_sock as a record: what its own fields and its peer's tell, without a walk (details.h has those). Nothing
 * here holds unix_sock::lock, so a pointer may be stale by the time it is followed: every read is guarded, and the
 * record carries what user space needs to tell a consistent answer from a race (peer_peer, peer_inode, the PEER
 * flags).
 */
#ifndef OTHEREND_UNIX_SOCKET_H
#define OTHEREND_UNIX_SOCKET_H

#include "emit.h"
#include "inode.h"

#define TCP_LISTEN 10
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define ADDRESS_HEAD sizeof(unsigned short) /* sockaddr_un::sun_family */
#define NAME_MASK 127			    /* OE_NAME_MAX fits */

/*
 * The record under construction is in a map because the verifier does not track the values in one: each branch that
 * fills a field would otherwise double what it has to look at.
 */
struct named_socket {
	struct oe_socket socket;
	char name[NAME_MASK + 1];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct named_socket);
} socket_map SEC(".maps");

static __always_inline void read_peer(struct oe_socket *out, struct unix_sock *peer)
{
	struct socket *socket = READ(peer, sk.sk_socket);

	if (READ(peer, sk.__sk_common.skc_family) == AF_UNIX)
		out->flags |= OE_SOCKET_PEER_UNIX;
	if (socket)
		out->flags |= OE_SOCKET_PEER_OPEN;
	out->peer_netns = READ(peer, sk.__sk_common.skc_net.net, ns.inum);
	out->peer_inode = inode_of_open(&peer->sk, socket);
	out->peer_peer = (__u64)BPF_CORE_READ(peer, peer);
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

/* Whether the kernel keeps the sum of the unread bytes: then that is what SIOCINQ says, too. */
static __always_inline bool is_summed(__u32 type, struct unix_sock *u)
{
	return type == SOCK_STREAM && bpf_core_field_exists(u->inq_len);
}

/*
 * Bytes as SIOCINQ and SIOCOUTQ count them. Of datagrams unix_inq_len() counts the next one, of streams and
 * seqpackets all, which takes a walk, except that the kernel keeps the sum for a stream since Linux 6.18.
 */
static __always_inline void read_queues(struct oe_socket *out, struct unix_sock *u)
{
	int charged = READ(u, sk.sk_wmem_alloc.refs.counter);

	out->queue_len = READ(u, sk.sk_receive_queue.qlen);
	out->tx_bytes = charged > 1 ? charged - 1 : 0; /* sk_alloc() starts the count at 1 */
	if (out->state == TCP_LISTEN)
		return;
	if (!out->queue_len) {
		out->flags |= OE_SOCKET_RX_KNOWN;
	} else if (out->type == SOCK_DGRAM) {
		void *first = READ(u, sk.sk_receive_queue.next);

		out->rx_bytes = BPF_CORE_READ(around_message(first), skb1.len);
		out->flags |= OE_SOCKET_RX_KNOWN;
	} else if (is_summed(out->type, u)) {
		out->rx_bytes = READ(u, inq_len);
		out->flags |= OE_SOCKET_RX_KNOWN;
	}
}

static __always_inline bool has_waiters(struct unix_sock *u)
{
	return READ(u, peer_wq.wait.head.next) != (void *)u + bpf_core_field_offset(u->peer_wq.wait.head);
}

/* Elsewhere each embryo says for whom it waits; but by address one whose client has left is met only in the queue. */
static __always_inline bool has_silent_embryos(struct unix_sock *listener)
{
#ifdef OE_COMPAT
	return true;
#else
	return !bpf_core_field_exists(listener->listener);
#endif
}

/* Descriptors in flight need a message, and who waits for room waits because there are messages. */
static __always_inline bool has_details(const struct oe_socket *socket, struct unix_sock *u)
{
	if (!socket->queue_len)
		return false;
	if (READ(u, scm_stat.nr_fds.counter) || has_waiters(u))
		return true;
	if (socket->state == TCP_LISTEN)
		return has_silent_embryos(u);
	return !(socket->flags & OE_SOCKET_RX_KNOWN);
}

/* sun_path, exactly as given to bind(). Returns its length. */
static __always_inline __u32 read_name(struct named_socket *out, struct unix_sock *u)
{
	struct unix_address *address = READ(u, addr);

	out->socket.address = (__u64)address;
	if (!address)
		return 0;

	__u32 len = READ(address, len);
	char *sun_path = (void *)address + bpf_core_field_offset(struct unix_address, name) + ADDRESS_HEAD;

	len -= ADDRESS_HEAD;
	if (len > OE_NAME_MAX)
		return 0;
	barrier_var(len); /* or clang drops the mask that the verifier needs */
	len &= NAME_MASK;
	if (bpf_probe_read_kernel(out->name, len, sun_path))
		return 0;
	return len;
}

static __always_inline void read_bound_file(struct oe_socket *out, struct unix_sock *u)
{
	struct dentry *dentry = READ(u, path.dentry);

	if (!dentry)
		return;

	struct socket_alloc *file = around_inode(BPF_CORE_READ(dentry, d_inode));

	out->file_inode = BPF_CORE_READ(file, vfs_inode.i_ino);
	out->file_dev = BPF_CORE_READ(file, vfs_inode.i_sb, s_dev);
	if (!BPF_CORE_READ(dentry, d_hash.pprev))
		out->flags |= OE_SOCKET_UNHASHED;
}

/* Looks for the file of the few sockets the kernel made itself: of the others a process has it, or soon will. */
static __always_inline void read_identity(struct oe_socket *out, struct unix_sock *u)
{
	struct socket *socket = READ(u, sk.sk_socket);

	out->sock = (__u64)u;
	out->state = READ(u, sk.__sk_common.skc_state);
	out->cookie = READ(u, sk.__sk_common.skc_cookie.counter);
	out->max_backlog = READ(u, sk.sk_max_ack_backlog);
	out->netns = READ(u, sk.__sk_common.skc_net.net, ns.inum);
	if (bpf_core_field_exists(u->listener))
		out->listener = (__u64)READ(u, listener);
	if (!socket)
		return;
	out->inode = inode_of_open(&u->sk, socket);
	out->flags |= OE_SOCKET_OPEN;
	if (READ_BITS(u, sk.sk_kern_sock) && !READ(as_allocated(socket), socket.file))
		out->flags |= OE_SOCKET_KERNEL;
}

static __always_inline __u32 bucket_of(struct unix_sock *u)
{
	return READ(u, sk.__sk_common.skc_hash) % OE_BUCKETS;
}

/*
 * The type comes first: connect() sets it after the rest of what it makes, so one that has a type is whole. Then the
 * peer: neither socket is likely to be in the processor's cache, and its other end is found only through it. With a
 * hundred thousand sockets, waiting for memory is most of what a pass takes.
 */
static __always_inline void emit_socket(struct seq_file *seq, struct unix_sock *u)
{
	__u8 type = READ(u, sk.sk_type);

	barrier();

	struct unix_sock *peer = (struct unix_sock *)READ(u, peer);
	__u32 bucket = bucket_of(u);
	__u32 zero = 0;
	struct named_socket *out = bpf_map_lookup_elem(&socket_map, &zero);

	if (!out)
		return;
	__builtin_memset(&out->socket, 0, sizeof(out->socket));
	out->socket.type = type;
	out->socket.peer = (__u64)peer;
	if (peer)
		read_peer(&out->socket, peer);
	read_identity(&out->socket, u);
	read_credentials(&out->socket, u);
	read_queues(&out->socket, u);
	if (has_details(&out->socket, u))
		out->socket.flags |= OE_SOCKET_DETAILS;

	__u32 name_len = read_name(out, u);

	read_bound_file(&out->socket, u); /* last, docs/adr/0003 says why */
	barrier_var(name_len);
	name_len &= NAME_MASK;
	out->socket.name_len = name_len;
	out->socket.header.kind = OE_SOCKET;
	out->socket.header.size = sizeof(out->socket) + name_len;
	emit(seq, bucket, out, sizeof(out->socket) + name_len);
}

#endif
