// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which UNIX sockets exist in this network namespace, held or not? */
#include "unix_socket.h"

SEC("iter/unix")
int sockets(struct bpf_iter__unix *ctx)
{
	struct unix_sock *u = ctx->unix_sk;
	struct oe_end *pass = pass_at(0);

	if (!pass)
		return 0;
	if (!u) {
		end_pass(ctx->meta->seq);
		return 0;
	}

	__u32 bucket = READ(u, sk.__sk_common.skc_hash) % OE_BUCKETS;
	__u64 lost = pass->lost;

	if (!is_wanted(bucket))
		return 0;
	if (has_room())
		emit_socket(ctx->meta->seq, u);
	else
		pass->lost++;
	if (pass->lost != lost)
		pass->lost_buckets[bucket / 64] |= 1ULL << bucket % 64;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
