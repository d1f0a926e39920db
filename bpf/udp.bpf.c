// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which UDP sockets are bound or connected in this network namespace? */
/* There are few, and no helper makes of a trusted udp_sock one that is cheap to load from, see netns_of(). */
#ifndef OE_COMPAT
#define OE_COMPAT
#endif
#include "inet_socket.h"

SEC("iter/udp")
int udp_sockets(struct bpf_iter__udp *ctx)
{
	struct udp_sock *udp = ctx->udp_sk;

	if (!udp)
		return 0;

	struct sock___inet *sk = (void *)udp;
	struct oe_inet out = {.what = OE_UDP, .uid = ctx->uid};
	int charged = READ(sk, sk_wmem_alloc.refs.counter);

	read_common(&out, sk);
	read_owner(&out, sk);
	/* As udp4_format_sock() of net/ipv4/udp.c tells them: what the datagrams take, not just their payload. */
	out.rx_bytes = READ(sk, sk_backlog.rmem_alloc.counter) - READ(udp, forward_deficit);
	out.tx_bytes = charged > 1 ? charged - 1 : 0;
	read_cgroup(&out, sk);
	bpf_seq_write(ctx->meta->seq, &out, sizeof(out));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
