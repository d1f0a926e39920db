/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* All that takes a walk to learn of a unix_sock: one record for each thing on its queues, then an oe_detail. */
#ifndef OTHEREND_DETAILS_H
#define OTHEREND_DETAILS_H

#include "socket_queues.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratch_map SEC(".maps");

WALK_STEP length_step(__u32 round, struct walk_context *ctx)
{
	struct scratch *s = ctx->s;
	void *skb = (void *)s->at;

	if (s->at == s->head) {
		s->done = true;
		return 1;
	}
	s->detail.rx_bytes +=
		BPF_CORE_READ(around_message(skb), skb1.len) - BPF_CORE_READ(parms_of(skb), consumed);
	return !next_message(s, skb);
}

/* What unix_inq_len() says of a stream or seqpacket socket: the unread bytes of all its messages. */
static __always_inline void add_received(struct walk_context *ctx, struct unix_sock *u)
{
	start_walk(ctx->s, u, bpf_core_field_offset(struct unix_sock, sk.sk_receive_queue),
		   READ(u, sk.sk_receive_queue.next));
	walk(QUEUE_WALK_MAX, length_step, ctx);
	ctx->s->detail.flags |= ctx->s->done ? OE_DETAIL_RX_KNOWN : OE_DETAIL_RX_CUT;
}

static __always_inline void walk_queues(struct walk_context *ctx, struct unix_sock *u)
{
	bool listens = READ(u, sk.__sk_common.skc_state) == TCP_LISTEN;
	__u32 type = READ(u, sk.sk_type);

	if (listens && has_silent_embryos(u))
		emit_backlog(ctx, u);
	if (!listens && type != SOCK_DGRAM && !is_summed(type, u))
		add_received(ctx, u);
	emit_inflight(ctx, u);
	emit_waiters(ctx, u);
}

static __always_inline void emit_details(struct seq_file *seq, struct unix_sock *u)
{
	__u32 zero = 0;
	struct scratch *s = bpf_map_lookup_elem(&scratch_map, &zero);
	struct walk_context ctx = {.seq = seq, .s = s};
	struct dentry *dentry = READ(u, path.dentry);
	struct vfsmount *vfsmount = READ(u, path.mnt);
	__u32 queue_len = READ(u, sk.sk_receive_queue.qlen);
	bool is_bound = dentry && vfsmount;

	if (!s || (!queue_len && !is_bound))
		return;
	__builtin_memset(&s->detail, 0, sizeof(s->detail));
	s->bucket = bucket_of(u);
	s->end = 0;
	s->detail.sock = (__u64)u;
	s->detail.inode = inode_of_sock(&u->sk);
	if (queue_len)
		walk_queues(&ctx, u);
	if (is_bound)
		add_bound_path(&ctx, dentry, vfsmount);

	__u32 path_len = s->end;

	if (path_len > OE_PATH_MAX)
		return;
	s->detail.path_len = path_len;
	s->detail.header.kind = OE_DETAIL;
	s->detail.header.size = sizeof(s->detail) + path_len;
	barrier_var(path_len);
	emit(seq, s->bucket, &s->detail, sizeof(s->detail) + (path_len & PATH_MASK));
}

#endif
