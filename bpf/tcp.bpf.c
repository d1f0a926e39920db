// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which TCP sockets exist in this network namespace, held or not, and how do they fare? */
#include "inet_socket.h"

#define TCP_TIME_WAIT 6
#define TCP_LISTEN 10
#define TCP_NEW_SYN_RECV 12
#define ICSK_TIME_RETRANS 1
#define ICSK_TIME_PROBE0 3
#define ICSK_TIME_LOSS_PROBE 5
#define ICSK_TIME_REO_TIMEOUT 6
#define ACCEPT_QUEUE_MAX 128 /* ends in one that are walked */

enum {
	TIMER_RETRANSMIT = 1,
	TIMER_KEEPALIVE = 2,
	TIMER_TIME_WAIT = 3,
	TIMER_PROBE = 4
}; /* of /proc/net/tcp */

static __always_inline void read_time_wait(struct oe_inet *out, struct inet_timewait_sock *sk)
{
	out->state = BPF_CORE_READ(sk, tw_substate); /* or a FIN_WAIT2 that needs no more than this */
	out->timer = TIMER_TIME_WAIT;
	out->timer_expires = BPF_CORE_READ(sk, tw_timer.expires);
}

static __always_inline void read_request(struct oe_inet *out, struct request_sock *request)
{
	out->listener = (__u64)BPF_CORE_READ((struct sock_common___inet *)request, skc_listener);
	out->timer = TIMER_RETRANSMIT;
	out->timer_expires = BPF_CORE_READ(request, rsk_timer.expires);
	out->retries = BPF_CORE_READ_BITFIELD_PROBED(request, num_timeout);
	out->retransmits = BPF_CORE_READ(request, num_retrans);
}

static __always_inline struct timer_list *retransmit_timer(struct tcp_sock *tcp)
{
	if (bpf_core_field_exists(tcp->inet_conn.icsk_retransmit_timer))
		return &tcp->inet_conn.icsk_retransmit_timer;
	return &tcp->inet_conn.icsk_inet.sk.tcp_retransmit_timer;
}

static __always_inline struct timer_list *keepalive_timer(struct tcp_sock *tcp)
{
	if (bpf_core_field_exists(tcp->inet_conn.icsk_keepalive_timer))
		return &tcp->inet_conn.icsk_keepalive_timer;
	return &tcp->inet_conn.icsk_inet.sk.sk_timer;
}

static __always_inline void read_keepalive(struct oe_inet *out, struct tcp_sock *tcp)
{
	struct timer_list *timer = keepalive_timer(tcp);

	if (!BPF_CORE_READ(timer, entry.pprev)) /* not pending */
		return;
	out->timer = TIMER_KEEPALIVE;
	out->timer_expires = BPF_CORE_READ(timer, expires);
	out->retries = BPF_CORE_READ(tcp, inet_conn.icsk_probes_out);
}

/* As get_tcp4_sock() of net/ipv4/tcp_ipv4.c tells them. */
static __always_inline void read_timer(struct oe_inet *out, struct tcp_sock *tcp)
{
	__u8 pending = BPF_CORE_READ(tcp, inet_conn.icsk_pending);

	out->retransmits = BPF_CORE_READ(tcp, inet_conn.icsk_retransmits);
	if (pending == ICSK_TIME_RETRANS || pending == ICSK_TIME_LOSS_PROBE ||
	    pending == ICSK_TIME_REO_TIMEOUT) {
		out->timer = TIMER_RETRANSMIT;
		out->retries = out->retransmits;
		out->timer_expires = BPF_CORE_READ(retransmit_timer(tcp), expires);
	} else if (pending == ICSK_TIME_PROBE0) {
		out->timer = TIMER_PROBE;
		out->retries = BPF_CORE_READ(tcp, inet_conn.icsk_probes_out);
		out->timer_expires = BPF_CORE_READ(retransmit_timer(tcp), expires);
	} else {
		read_keepalive(out, tcp);
	}
}

/*
 * retrans_stamp is when the SYN was first sent (tcp_connect()), then when the oldest segment was first sent again
 * (tcp_retransmit_skb()). In milliseconds, or in microseconds where the route asks for that, since Linux commit
 * 614e8316aa4c ("tcp: add support for usec resolution in TCP TS values") (v6.7).
 */
static __always_inline __u32 unanswered_ms(struct tcp_sock *tcp)
{
	__u32 since = BPF_CORE_READ(tcp, retrans_stamp);
	__u64 now_us = bpf_ktime_get_ns() / 1000;
	bool in_us =
		bpf_core_field_exists(tcp->tcp_usec_ts) && BPF_CORE_READ_BITFIELD_PROBED(tcp, tcp_usec_ts);
	__u32 passed = (in_us ? now_us : now_us / 1000) - since;

	if (!since || (__s32)passed < 0) /* pacing may stamp a segment that is yet to leave */
		return 0;
	return in_us ? passed / 1000 : passed;
}

/*
 * tcp_rcv_space_adjust() notes when data was read and how far, at most every eighth of a round trip, and not before one
 * was measured. Who has read further since has done so at a time that nothing tells.
 */
static __always_inline __u32 last_read_ms(struct tcp_sock *tcp)
{
	__u64 now_us = bpf_ktime_get_ns() / 1000;
	__u64 since = BPF_CORE_READ(tcp, rcvq_space.time);

	if (!BPF_CORE_READ(tcp, rcv_rtt_est.rtt_us) || since >= now_us)
		return 0;
	if (BPF_CORE_READ(tcp, rcvq_space.seq) != BPF_CORE_READ(tcp, copied_seq))
		return 0;
	return (now_us - since) / 1000;
}

static __always_inline void read_progress(struct oe_inet *out, struct tcp_sock *tcp)
{
	__u32 sent = BPF_CORE_READ(tcp, snd_una), received = BPF_CORE_READ(tcp, rcv_nxt);
	const struct tcp_congestion_ops *congestion = BPF_CORE_READ(tcp, inet_conn.icsk_ca_ops);
	__s32 unread = received - BPF_CORE_READ(tcp, copied_seq);

	out->bytes_acked = BPF_CORE_READ(tcp, bytes_acked);
	out->bytes_received = BPF_CORE_READ(tcp, bytes_received);
	out->flags |= OE_INET_CONNECTION;
	out->sent_from = sent - (__u32)out->bytes_acked;
	out->received_from = received - (__u32)out->bytes_received;
	out->rx_bytes = unread > 0 ? unread : 0;
	out->tx_bytes = BPF_CORE_READ(tcp, write_seq) - sent;
	out->total_retransmits = BPF_CORE_READ(tcp, total_retrans);
	out->rtt_us = BPF_CORE_READ(tcp, srtt_us) >> 3;
	out->rtt_variance_us = BPF_CORE_READ(tcp, mdev_us) >> 2;
	out->congestion_window = BPF_CORE_READ(tcp, snd_cwnd);
	out->send_window = BPF_CORE_READ(tcp, snd_wnd);
	out->last_sent = BPF_CORE_READ(tcp, lsndtime);
	out->last_received = BPF_CORE_READ(tcp, inet_conn.icsk_ack.lrcvtime);
	out->last_ack = BPF_CORE_READ(tcp, rcv_tstamp);
	out->unanswered_ms = unanswered_ms(tcp);
	out->last_read_ms = last_read_ms(tcp);
	BPF_CORE_READ_STR_INTO(&out->congestion, congestion, name);
}

/* Ends that wait for accept() do not say for whose. */
static __always_inline void emit_accept_queue(struct oe_inet *out, struct seq_file *seq, struct tcp_sock *tcp)
{
	struct request_sock *request = BPF_CORE_READ(tcp, inet_conn.icsk_accept_queue.rskq_accept_head);

	for (int i = 0; i < ACCEPT_QUEUE_MAX && request; i++) {
		struct oe_queued queued = {
			.header = {OE_QUEUED, sizeof(queued)},
			.listener = (__u64)tcp,
			.embryo = (__u64)BPF_CORE_READ(request, sk),
		};

		bpf_seq_write(seq, &queued, sizeof(queued));
		request = BPF_CORE_READ(request, dl_next);
	}
	if (request)
		out->flags |= OE_INET_CUT;
}

SEC("iter/tcp")
int tcp_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common___inet *common = (void *)ctx->sk_common;
	struct seq_file *seq = ctx->meta->seq;

	if (!common)
		return 0;

	struct tcp_sock *tcp = (void *)common;
	struct sock___inet *sk = (void *)common;
	struct oe_inet out = {.what = OE_TCP, .uid = ctx->uid};

	read_common(&out, common);
	if (out.state == TCP_TIME_WAIT) {
		read_time_wait(&out, (void *)common);
	} else if (out.state == TCP_NEW_SYN_RECV) {
		read_request(&out, (void *)common);
	} else {
		read_owner(&out, sk);
		if (out.state == TCP_LISTEN) {
			out.queue_len = BPF_CORE_READ(sk, sk_ack_backlog);
			out.max_backlog = BPF_CORE_READ(sk, sk_max_ack_backlog);
			emit_accept_queue(&out, seq, tcp);
		} else {
			read_timer(&out, tcp);
			read_progress(&out, tcp);
		}
	}
	bpf_seq_write(seq, &out, sizeof(out));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
