/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What hangs on a unix_sock: messages with descriptors in flight, connections that wait for accept(), tasks that
 * sleep until there is room. The walks hold no lock: each checks that its neighbour still points back, and stops
 * and says so where it does not.
 */
#ifndef OTHEREND_SOCKET_QUEUES_H
#define OTHEREND_SOCKET_QUEUES_H

#include "bound_path.h"
#include "unix_socket.h"

#define WQ_FLAG_EXCLUSIVE 0x01
#define SCM_MAX_FD 253
#define INFLIGHT_WALK_MAX 1024
#define QUEUE_WALK_MAX 1024
#define WAITER_WALK_MAX 512

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

static __always_inline struct unix_skb_parms *parms_of(void *skb)
{
	return skb + bpf_core_field_offset(struct sk_buff_fclones, skb1.cb);
}

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
		.carrier_inode = ctx->s->detail.inode,
		.sock = (__u64)sk,
		.inode = inode_of_sock(sk),
	};
	emit(ctx->seq, ctx->s->bucket, &record, sizeof(record));
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
		s->within = (__u64)BPF_CORE_READ(parms_of(skb), fp);
		s->index = 0;
	}

	struct scm_fp_list *fds = (void *)s->within;
	struct file *file = NULL;
	__u32 index = s->index;

	if (!fds || index >= SCM_MAX_FD || index >= (__u32)BPF_CORE_READ(fds, count))
		return !next_message(s, skb);
	s->index = index + 1;
	bpf_probe_read_kernel(&file, sizeof(file),
			      (void *)fds + bpf_core_field_offset(struct scm_fp_list, fp) +
				      index * sizeof(file));
	if (file)
		emit_carried(ctx, file);
	return 0;
}

static __always_inline void emit_inflight(struct walk_context *ctx, struct unix_sock *u)
{
	if (!READ(u, scm_stat.nr_fds.counter))
		return;
	start_walk(ctx->s, u, bpf_core_field_offset(struct unix_sock, sk.sk_receive_queue),
		   READ(u, sk.sk_receive_queue.next));
	walk(INFLIGHT_WALK_MAX, inflight_step, ctx);
	if (!ctx->s->done)
		ctx->s->detail.flags |= OE_DETAIL_FDS_CUT;
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
			.inode = s->detail.inode,
			.tgid = BPF_CORE_READ(task, tgid),
			.tid = BPF_CORE_READ(task, pid),
		};
		emit(ctx->seq, ctx->s->bucket, &record, sizeof(record));
	}

	struct list_head *back = NULL;

	if (!next || bpf_probe_read_kernel(&back, sizeof(back), &next->prev) || back != node)
		return 1;
	s->at = (__u64)next;
	return 0;
}

static __always_inline void emit_waiters(struct walk_context *ctx, struct unix_sock *u)
{
	if (!has_waiters(u))
		return;
	start_walk(ctx->s, u, bpf_core_field_offset(struct unix_sock, peer_wq.wait.head),
		   READ(u, peer_wq.wait.head.next));
	walk(WAITER_WALK_MAX, waiter_step, ctx);
	if (!ctx->s->done)
		ctx->s->detail.flags |= OE_DETAIL_WAITERS_CUT;
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
	if (!next_message(s, skb))
		return 1;
	emit(ctx->seq, ctx->s->bucket, &record, sizeof(record));
	return 0;
}

static __always_inline void emit_backlog(struct walk_context *ctx, struct unix_sock *u)
{
	start_walk(ctx->s, u, bpf_core_field_offset(struct unix_sock, sk.sk_receive_queue),
		   READ(u, sk.sk_receive_queue.next));
	walk(QUEUE_WALK_MAX, backlog_step, ctx);
	if (!ctx->s->done)
		ctx->s->detail.flags |= OE_DETAIL_BACKLOG_CUT;
}

#endif
