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

/* The verifier knows a tcp_sock from a sock_common by this only. */
static __always_inline struct tcp6_sock *as_tcp(struct sock_common *common)
{
#ifdef OE_COMPAT
	return (void *)common;
#else
	return (void *)bpf_skc_to_tcp_sock(common);
#endif
}

static __always_inline void read_time_wait(struct oe_inet *out, struct tcp_timewait_sock *sk)
{
	out->state = BPF_CORE_READ(sk, tw_sk.tw_substate); /* or a FIN_WAIT2 that needs no more than this */
	out->timer = TIMER_TIME_WAIT;
	out->timer_expires = BPF_CORE_READ(sk, tw_sk.tw_timer.expires);
}

static __always_inline void read_request(struct oe_inet *out, struct inet_request_sock *request)
{
	out->listener = (__u64)BPF_CORE_READ(request, req.__req_common.skc_listener);
	out->timer = TIMER_RETRANSMIT;
	out->timer_expires = BPF_CORE_READ(request, req.rsk_timer.expires);
	out->retries = BPF_CORE_READ_BITFIELD_PROBED(request, req.num_timeout);
	out->retransmits = BPF_CORE_READ(request, req.num_retrans);
}

static __always_inline __u32 retransmit_expires(struct tcp6_sock *tcp)
{
	if (bpf_core_field_exists(tcp->tcp.inet_conn.icsk_retransmit_timer))
		return READ(tcp, tcp.inet_conn.icsk_retransmit_timer.expires);
	return READ(tcp, tcp.inet_conn.icsk_inet.sk.tcp_retransmit_timer.expires);
}

static __always_inline void read_keepalive(struct oe_inet *out, struct tcp6_sock *tcp)
{
	bool pending;

	if (bpf_core_field_exists(tcp->tcp.inet_conn.icsk_keepalive_timer)) {
		pending = READ(tcp, tcp.inet_conn.icsk_keepalive_timer.entry.pprev);
		out->timer_expires = READ(tcp, tcp.inet_conn.icsk_keepalive_timer.expires);
	} else {
		pending = READ(tcp, tcp.inet_conn.icsk_inet.sk.sk_timer.entry.pprev);
		out->timer_expires = READ(tcp, tcp.inet_conn.icsk_inet.sk.sk_timer.expires);
	}
	if (!pending) {
		out->timer_expires = 0;
		return;
	}
	out->timer = TIMER_KEEPALIVE;
	out->retries = READ(tcp, tcp.inet_conn.icsk_probes_out);
}

/* As get_tcp4_sock() of net/ipv4/tcp_ipv4.c tells them. */
static __always_inline void read_timer(struct oe_inet *out, struct tcp6_sock *tcp)
{
	__u8 pending = READ(tcp, tcp.inet_conn.icsk_pending);

	out->retransmits = READ(tcp, tcp.inet_conn.icsk_retransmits);
	if (pending == ICSK_TIME_RETRANS || pending == ICSK_TIME_LOSS_PROBE ||
	    pending == ICSK_TIME_REO_TIMEOUT) {
		out->timer = TIMER_RETRANSMIT;
		out->retries = out->retransmits;
		out->timer_expires = retransmit_expires(tcp);
	} else if (pending == ICSK_TIME_PROBE0) {
		out->timer = TIMER_PROBE;
		out->retries = READ(tcp, tcp.inet_conn.icsk_probes_out);
		out->timer_expires = retransmit_expires(tcp);
	} else {
		read_keepalive(out, tcp);
	}
}

/*
 * retrans_stamp is when the SYN was first sent (tcp_connect()), then when the oldest segment was first sent again
 * (tcp_retransmit_skb()). In milliseconds, or in microseconds where the route asks for that, since Linux commit
 * 614e8316aa4c ("tcp: add support for usec resolution in TCP TS values") (v6.7).
 */
static __always_inline __u32 unanswered_ms(struct tcp6_sock *tcp)
{
	__u32 since = READ(tcp, tcp.retrans_stamp);
	__u64 now_us = bpf_ktime_get_ns() / 1000;
	bool in_us = bpf_core_field_exists(tcp->tcp.tcp_usec_ts) && READ_BITS(tcp, tcp.tcp_usec_ts);
	__u32 passed = (in_us ? now_us : now_us / 1000) - since;

	if (!since || (__s32)passed < 0) /* pacing may stamp a segment that is yet to leave */
		return 0;
	return in_us ? passed / 1000 : passed;
}

/*
 * tcp_rcv_space_adjust() notes when data was read and how far, at most every eighth of a round trip, and not before one
 * was measured. Who has read further since has done so at a time that nothing tells.
 */
static __always_inline __u32 last_read_ms(struct tcp6_sock *tcp)
{
	__u64 now_us = bpf_ktime_get_ns() / 1000;
	__u64 since = READ(tcp, tcp.rcvq_space.time);

	if (!READ(tcp, tcp.rcv_rtt_est.rtt_us) || since >= now_us)
		return 0;
	if (READ(tcp, tcp.rcvq_space.seq) != READ(tcp, tcp.copied_seq))
		return 0;
	return (now_us - since) / 1000;
}

static __always_inline void read_progress(struct oe_inet *out, struct tcp6_sock *tcp)
{
	__u32 sent = READ(tcp, tcp.snd_una), received = READ(tcp, tcp.rcv_nxt);
	const struct tcp_congestion_ops *congestion = READ(tcp, tcp.inet_conn.icsk_ca_ops);
	__s32 unread = received - READ(tcp, tcp.copied_seq);

	out->bytes_acked = READ(tcp, tcp.bytes_acked);
	out->bytes_received = READ(tcp, tcp.bytes_received);
	out->flags |= OE_INET_CONNECTION;
	out->sent_from = sent - (__u32)out->bytes_acked;
	out->received_from = received - (__u32)out->bytes_received;
	out->rx_bytes = unread > 0 ? unread : 0;
	out->tx_bytes = READ(tcp, tcp.write_seq) - sent;
	out->total_retransmits = READ(tcp, tcp.total_retrans);
	out->rtt_us = READ(tcp, tcp.srtt_us) >> 3;
	out->rtt_variance_us = READ(tcp, tcp.mdev_us) >> 2;
	out->congestion_window = READ(tcp, tcp.snd_cwnd);
	out->send_window = READ(tcp, tcp.snd_wnd);
	out->last_sent = READ(tcp, tcp.lsndtime);
	out->last_received = READ(tcp, tcp.inet_conn.icsk_ack.lrcvtime);
	out->last_ack = READ(tcp, tcp.rcv_tstamp);
	out->unanswered_ms = unanswered_ms(tcp);
	out->last_read_ms = last_read_ms(tcp);
	BPF_CORE_READ_STR_INTO(&out->congestion, congestion, name);
}

/* Ends that wait for accept() do not say for whose. */
static __always_inline void emit_accept_queue(struct oe_inet *out, struct seq_file *seq,
					      struct tcp6_sock *tcp)
{
	struct inet_request_sock *request =
		(void *)BPF_CORE_READ(tcp, tcp.inet_conn.icsk_accept_queue.rskq_accept_head);

	for (int i = 0; i < ACCEPT_QUEUE_MAX && request; i++) {
		struct oe_queued queued = {
			.header = {OE_QUEUED, sizeof(queued)},
			.listener = (__u64)tcp,
			.embryo = (__u64)BPF_CORE_READ(request, req.sk),
		};

		bpf_seq_write(seq, &queued, sizeof(queued));
		request = (void *)BPF_CORE_READ(request, req.dl_next);
	}
	if (request)
		out->flags |= OE_INET_CUT;
}

static __always_inline void read_full(struct oe_inet *out, struct seq_file *seq, struct tcp6_sock *tcp)
{
	struct sock___inet *sk = (void *)tcp;

	read_owner(out, sk);
	if (out->state == TCP_LISTEN) {
		out->queue_len = READ(sk, sk_ack_backlog);
		out->max_backlog = READ(sk, sk_max_ack_backlog);
		emit_accept_queue(out, seq, tcp);
	} else {
		read_timer(out, tcp);
		read_progress(out, tcp);
	}
	read_cgroup(out, sk);
}

SEC("iter/tcp")
int tcp_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct seq_file *seq = ctx->meta->seq;

	if (!common)
		return 0;

	struct oe_inet out = {.what = OE_TCP, .uid = ctx->uid};
	struct tcp6_sock *tcp = as_tcp(common);

	read_common(&out, (void *)common);
	if (out.state == TCP_TIME_WAIT)
		read_time_wait(&out, (void *)common);
	else if (out.state == TCP_NEW_SYN_RECV)
		read_request(&out, (void *)common);
	else if (tcp)
		read_full(&out, seq, tcp);
	bpf_seq_write(seq, &out, sizeof(out));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
